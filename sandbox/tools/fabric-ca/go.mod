module fabric-topologies/sandbox/tools/fabric-ca

go 1.26.0

require github.com/hyperledger/fabric-ca v1.5.21
