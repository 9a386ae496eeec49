package load

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// folders are the directories of servers that all tests share.
var folders struct {
	mu   sync.Mutex // guards list
	list []string
}

func tempDir() (string, error) {
	dir, err := os.MkdirTemp("", "tuban-load-test-")
	folders.mu.Lock()
	defer folders.mu.Unlock()
	folders.list = append(folders.list, dir)
	return dir, err
}

func TestMain(m *testing.M) {
	code := m.Run()
	var err error
	for _, dir := range folders.list {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}
