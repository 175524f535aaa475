// Command probe is what the cluster tests run in pods: it serves, asks and uses memory.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	switch os.Args[1] {
	case "serve": // PORT: its own name
		name, _ := os.Hostname()
		http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, name) })
		fail(http.ListenAndServe(":"+os.Args[2], nil))
	case "get": // URL: the body; it ends with the first answer
		client := http.Client{Timeout: 3 * time.Second}
		answer, err := client.Get(os.Args[2])
		fail(err)
		body, err := io.ReadAll(answer.Body)
		fail(err)
		fmt.Printf("%s\n", body)
	case "lookup": // NAME: its addresses
		addresses, err := net.LookupHost(os.Args[2])
		fail(err)
		fmt.Println(strings.Join(addresses, " "))
	case "refuse": // PORT: an admission webhook that refuses everything, with the certificate mounted at /tls
		http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			var review struct {
				Request struct {
					UID string `json:"uid"`
				} `json:"request"`
			}
			fail(json.NewDecoder(r.Body).Decode(&review))
			fmt.Fprintf(w, `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":%q,"allowed":false,"status":{"message":"refused by the probe"}}}`, review.Request.UID)
		})
		fail(http.ListenAndServeTLS(":"+os.Args[2], "/tls/tls.crt", "/tls/tls.key", nil))
	case "eat": // MIB: memory in use, said every 64 MiB
		limit, err := strconv.Atoi(os.Args[2])
		fail(err)
		var eaten [][]byte
		for size := 0; size < limit; size += 64 {
			piece := make([]byte, 64<<20)
			for at := 0; at < len(piece); at += 4096 {
				piece[at] = 1
			}
			eaten = append(eaten, piece)
			fmt.Println("eaten", size+64, "MiB")
		}
		fmt.Println("sated", len(eaten))
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
