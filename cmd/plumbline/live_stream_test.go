//go:build live

package main

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// streamAs tells a process of this test which end of a stream it is: "answer NAME ADDRESS"
// "ask ADDRESS COUNT INTERVAL", or else a server of origins, "cache ADDRESS FILE".
const streamAs = "PLUMBLINE_TEST_STREAM"

// stream is what became of requests over UDP that were sent one after the other.
type stream struct {
	Sent, Lost int
	Longest    time.Duration  // of the longest run of requests that nobody answered
	Answered   map[string]int // by who answered
	Last       map[string]int // the last request that each answered
	Begin      time.Time
	Interval   time.Duration
}

// at tells when a request was due.
func (s stream) at(no int) time.Time { return s.Begin.Add(time.Duration(no) * s.Interval) }

// TestStream is one end of a stream, started inside a namespace; it does nothing where
// nobody asks it to.
func TestStream(t *testing.T) {
	f := strings.Fields(os.Getenv(streamAs))
	switch {
	case len(f) == 3 && f[0] == "answer":
		reply(t, f[1], f[2])
	case len(f) == 3 && f[0] == "cache":
		origins(t, f[1], f[2])
	case len(f) == 4 && f[0] == "ask":
		count, err := strconv.Atoi(f[2])
		interval, err2 := time.ParseDuration(f[3])
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		ask(t, f[1], count, interval)
	}
}

// reply sends each request back with its own name before it, until it is killed.
func reply(t *testing.T, name, addr string) {
	c, err := net.ListenPacket("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout.WriteString("ready\n")
	buf := make([]byte, 64)
	for {
		n, from, err := c.ReadFrom(buf)
		if err != nil {
			continue
		}
		c.WriteTo([]byte(name+" "+string(buf[:n])), from)
	}
}

// ask sends the requests, and prints what became of them once a second has passed after
// the last one.
func ask(t *testing.T, addr string, count int, interval time.Duration) {
	c, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	s := stream{Sent: count, Answered: map[string]int{}, Last: map[string]int{}, Interval: interval}
	seen := make([]bool, count)
	var wait sync.WaitGroup
	wait.Go(func() {
		buf := make([]byte, 64)
		for {
			n, err := c.Read(buf)
			if ne, is := err.(net.Error); is && ne.Timeout() {
				return
			}
			f := strings.Fields(string(buf[:n]))
			if err != nil || len(f) != 2 { // refused by somebody on the way: a lost one
				continue
			}
			if no, err := strconv.Atoi(f[1]); err == nil && no < count && !seen[no] {
				seen[no] = true
				s.Answered[f[0]]++
				s.Last[f[0]] = max(s.Last[f[0]], no)
			}
		}
	})
	s.Begin = time.Now()
	for i := range count {
		time.Sleep(time.Until(s.at(i)))
		c.Write([]byte(strconv.Itoa(i))) // what cannot be sent is lost
	}
	c.SetReadDeadline(time.Now().Add(time.Second))
	wait.Wait()
	row := 0
	for _, answered := range seen {
		if row++; answered {
			row = 0
		} else {
			s.Lost++
		}
		s.Longest = max(s.Longest, time.Duration(row)*interval)
	}
	json.NewEncoder(os.Stdout).Encode(s)
}

// answers starts somebody who answers, and waits until it listens.
func (v *live) answers(name, addr string) {
	v.t.Helper()
	v.serve(name, "answer "+name+" "+addr)
}

// serve starts one of those that say when they are ready, until the test ends.
func (v *live) serve(name, as string) {
	v.t.Helper()
	c := v.lab.Command(v.t.Context(), name, os.Args[0], "-test.run=^TestStream$")
	c.Env = append(os.Environ(), streamAs+"="+as)
	out, err := c.StdoutPipe()
	v.must(err)
	v.must(c.Start())
	v.t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	if _, err := out.Read(make([]byte, len("ready\n"))); err != nil {
		v.t.Fatalf("%s: %q does not begin: %v", name, as, err)
	}
}

// streams is some that run at the same time.
type streams struct {
	v    *live
	ends []*exec.Cmd
	outs []*strings.Builder
}

// asks starts a stream from a host to an address.
func (s *streams) asks(name, addr string, count int, interval time.Duration) {
	s.v.t.Helper()
	c := s.v.lab.Command(s.v.t.Context(), name, os.Args[0], "-test.run=^TestStream$")
	c.Env = append(os.Environ(), streamAs+"=ask "+addr+" "+strconv.Itoa(count)+" "+interval.String())
	var out strings.Builder
	c.Stdout, c.Stderr = &out, &out
	s.v.must(c.Start())
	s.ends, s.outs = append(s.ends, c), append(s.outs, &out)
}

// wait gives what became of all, in the order in which they were started.
func (s *streams) wait() (all []stream) {
	s.v.t.Helper()
	for i, c := range s.ends {
		err := c.Wait()
		line, _, _ := strings.Cut(s.outs[i].String(), "\n")
		var one stream
		if e := json.Unmarshal([]byte(line), &one); err != nil || e != nil {
			s.v.t.Fatalf("%v %v: %s", err, e, s.outs[i])
		}
		all = append(all, one)
	}
	return all
}
