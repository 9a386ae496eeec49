package main

import (
	"context"
	"fmt"
	"time"
)

// healthcheckCmd asks a server whether it is ready.
type healthcheckCmd struct {
	Server string `help:"Server to ask." default:"http://127.0.0.1:8080" env:"TUBAN_SERVER" placeholder:"URL"`
}

// Run fails unless the server answers that it is ready within 5 seconds.
func (c *healthcheckCmd) Run(a *app) error {
	ctx, cancel := context.WithTimeout(a.ctx, 5*time.Second)
	defer cancel()
	r, err := newRemote(c.Server, "")
	if err != nil {
		return err
	}
	body, err := r.fetch(ctx, "/readyz")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s\n", body)
	return err
}
