package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSim holds that the devices of sim can be read with what it writes, that one which
// hangs up takes nothing from the others, and that all end with the verb.
func TestSim(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	read, write := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		e := &env{dir: dir, out: write, err: io.Discard, now: time.Now, run: run}
		ended <- run(ctx, e, []string{"sim", "farm", "--count", "10", "--lines", "50", "--platform", "frr,eos,junos,ios-xr,ios-xe,sr-linux,junos/netconf,sr-linux/ssh,frr,frr", "--fault", "drop@byte=900", "--every", "10"})
		write.Close()
	}()
	said := make([]byte, 4096)
	n, err := read.Read(said)
	if err != nil || !strings.HasPrefix(string(said[:n]), "10 embedded devices on 127.0.0.1") {
		t.Fatalf("%s %v", said[:n], err)
	}
	go io.Copy(io.Discard, read)
	var out bytes.Buffer
	e := &env{dir: filepath.Join(dir, "farm", "network"), runner: filepath.Join(dir, "farm", "runner.yaml"), out: &out, err: io.Discard, now: time.Now, run: run}
	if got := run(t.Context(), e, []string{"doctor"}); got != incomplete {
		t.Errorf("exit %d", got)
	}
	if ok, lost := strings.Count(out.String(), "  ok\n"), strings.Count(out.String(), "  unreachable\n"); ok != 9 || lost != 1 || strings.Count(out.String(), "the rules know 100.0 %") != 9 || !strings.Contains(out.String(), "connection lost at") {
		t.Errorf("%d ok, %d lost:\n%s", ok, lost, out.String())
	}
	file := filepath.Join(e.dir, "inventory.yaml")
	text, err := os.ReadFile(file)
	if err == nil {
		text = bytes.Replace(text, []byte("name: r1,"), []byte("name: r1, jump: r2,"), 1)
		err = os.WriteFile(file, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if got := run(t.Context(), e, []string{"doctor", "r1"}); got != incomplete || !strings.Contains(out.String(), "through r2") {
		t.Errorf("exit %d; the way through r2 is not said:\n%s", got, out.String())
	}
	cancel()
	select {
	case got := <-ended:
		if got != 0 && got != interrupted {
			t.Errorf("sim ended with %d", got)
		}
	case <-time.After(20 * time.Second):
		t.Error("the devices do not end")
	}
	for args, want := range map[string]int{"sim": usage, "sim x --count 0": usage, "sim x --fault nonsense": usage, "sim x --platform nonsense": usage, "sim x --platform eos/netconf": usage, "sim x --platform openconfig/ssh": usage} {
		if got := run(t.Context(), &env{dir: dir, out: io.Discard, err: io.Discard, now: time.Now, run: run}, strings.Fields(args)); got != want {
			t.Errorf("%s: exit %d, want %d", args, got, want)
		}
	}
}
