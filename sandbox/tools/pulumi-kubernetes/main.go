// The Kubernetes resource provider of Pulumi, which the Go module proxy serves as a library only.
//
// Schema and metadata are empty on purpose: the engine never asks for them when a program uses the typed Node SDK, and the
// real ones weigh megabytes.
package main

import (
	"os"
	"time"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

func main() {
	go endWithParent()
	provider.Serve("kubernetes", version.Version, []byte("{}"), []byte("{}"))
}

// endWithParent ends this process once the engine that started it is gone. An engine killed by SIGKILL cannot tell its
// providers, and the kernel then gives the orphan another parent: that change is the only sign there is.
func endWithParent() {
	parent := os.Getppid()
	for range time.Tick(time.Second) {
		if os.Getppid() != parent {
			os.Exit(1)
		}
	}
}
