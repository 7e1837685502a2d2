module fabric-topologies/sandbox/tools/karmada

go 1.26.0

require github.com/karmada-io/karmada v1.18.2
