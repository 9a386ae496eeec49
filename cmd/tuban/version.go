package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is the released version; the commit comes from the build.
const version = "0.1.0-dev"

// versionCmd prints what this binary is.
type versionCmd struct{}

// build is what a binary knows of itself.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisBuild() build {
	b := build{Version: version, Commit: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Commit = s.Value
			case "vcs.modified":
				b.Modified = s.Value == "true"
			}
		}
	}
	return b
}

// Run prints the build.
func (c *versionCmd) Run(a *app) error {
	b := thisBuild()
	if a.json {
		return json.NewEncoder(a.stdout).Encode(b)
	}
	dirty := ""
	if b.Modified {
		dirty = " (modified)"
	}
	_, err := fmt.Fprintf(a.stdout, "tuban %s\ncommit %s%s\n%s %s\n", b.Version, b.Commit, dirty, b.Go, b.Platform)
	return err
}
