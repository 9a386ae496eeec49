package peers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"tuban/bench"
)

// process is a Child seen from here.
type process struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *json.Decoder
	stderr  strings.Builder // read once the process has ended
}

// startProcess starts a child; argv is the program and what makes it one.
func startProcess(argv []string) (*process, error) {
	if len(argv) == 0 {
		return nil, errors.New("no program to serve with")
	}
	p := &process{cmd: exec.Command(argv[0], argv[1:]...)}
	p.cmd.SysProcAttr, p.cmd.Stderr = aside(), &p.stderr
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.answers = json.NewDecoder(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	return p, nil
}

// call sends a request and waits for its answer.
func (p *process) call(q request) (r reply, err error) {
	if err := json.NewEncoder(p.in).Encode(q); err != nil {
		return r, fmt.Errorf("the serving process: %w", err)
	}
	if err := p.answers.Decode(&r); err != nil {
		return r, fmt.Errorf("the serving process: %w", err)
	}
	if r.Error != "" {
		return r, fmt.Errorf("the serving process: %s", r.Error)
	}
	return r, nil
}

// cpu returns what the process has used.
func (p *process) cpu() (time.Duration, error) {
	u, err := bench.Process(p.cmd.Process.Pid)
	return u.CPU, err
}

// close lets the process end, and ends it if it does not.
func (p *process) close() error {
	err := p.in.Close()
	timer := time.AfterFunc(2*closing, func() { p.cmd.Process.Kill() })
	defer timer.Stop()
	if werr := p.cmd.Wait(); werr != nil {
		return fmt.Errorf("the serving process: %w\n%s", errors.Join(err, werr), p.stderr.String())
	}
	return err
}
