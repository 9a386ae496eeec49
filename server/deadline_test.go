package server

import (
	"context"
	"testing"
	"time"
)

func TestPatience(t *testing.T) {
	work, stop := context.WithCancel(context.Background())
	defer stop()
	s := &Server{work: work, limits: Limits{Work: time.Millisecond}}
	p := s.patience()
	time.Sleep(3 * time.Millisecond) // nobody waits: the time has not begun
	if _, ok := p.Deadline(); ok || p.timed != nil {
		t.Error("the time began before anybody waited")
	}
	<-p.Done()
	if p.Err() != context.DeadlineExceeded {
		t.Errorf("ended with %v", p.Err())
	}
	p.release()
	q := s.patience()
	q.release() // nobody ever waited
	s.limits.Work = time.Hour
	q = s.patience()
	stop()
	<-q.Done()
	if q.Err() != context.Canceled {
		t.Errorf("ended with %v", q.Err())
	}
	q.release()
}
