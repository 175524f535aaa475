module plumbline.test/probe

go 1.24
