package tape

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"plumbline/drivers"
)

type device struct{ broken bool }

func (d device) Fetch(context.Context, drivers.Target) (drivers.Live, error) {
	if d.broken {
		return drivers.Live{}, errors.New("cut off")
	}
	return drivers.Live{Text: []byte("neighbor 192.0.2.1 password hunter2\nend\n")}, nil
}

func (device) Probe(_ context.Context, _ drivers.Target, asks ...string) (out []drivers.Fact, _ error) {
	for _, a := range asks {
		out = append(out, drivers.Fact{Ask: a, Text: "{}\n"})
	}
	return out, nil
}

// TestTape holds the law: what is played is what was recorded, failures too, once and in
// order; what was not asked then fails; and what clean takes out is not on the tape.
func TestTape(t *testing.T) {
	var w bytes.Buffer
	clean := func(s string) string { return strings.ReplaceAll(s, "hunter2", "<secret:1>") }
	to := drivers.Target{Name: "r1"}
	for _, broken := range []bool{false, true} {
		rec := Record(device{broken}, &w, clean)
		if _, err := rec.Fetch(t.Context(), to); (err != nil) != broken {
			t.Fatal(err)
		}
		if _, err := rec.Probe(t.Context(), to, "bgp"); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(w.String(), "hunter2") {
		t.Errorf("the tape holds a secret:\n%s", w.String())
	}
	p, err := Play(&w)
	if err != nil {
		t.Fatal(err)
	}
	if live, err := p.Fetch(t.Context(), to); err != nil || string(live.Text) != "neighbor 192.0.2.1 password <secret:1>\nend\n" {
		t.Errorf("%q, %v", live.Text, err)
	}
	if _, err := p.Fetch(t.Context(), to); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("the failure was not played: %v", err)
	}
	if _, err := p.Fetch(t.Context(), to); err == nil {
		t.Error("a third answer came from nowhere")
	}
	if facts, _ := p.Probe(t.Context(), to, "bgp", "ospf"); facts[0].Err != nil || facts[1].Err == nil {
		t.Errorf("%+v", facts)
	}
}
