module fabric-topologies/sandbox/tools/pause

go 1.26.0
