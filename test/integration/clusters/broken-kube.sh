#!/bin/sh
# Stands in for a Kubernetes binary that ends at once.
echo "broken: no such configuration" >&2
exit 1
