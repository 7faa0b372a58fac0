package journal

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestAlso holds the law: a record is told elsewhere before Append returns, once and in its
// order; where that fails nothing more is written, as on a disk that failed.
func TestAlso(t *testing.T) {
	j, _, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	var told []Record
	var fails error
	j.Also(func(rs []Record) error {
		if fails == nil {
			told = append(told, rs...)
		}
		return fails
	})
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			if err := j.Append(Record{Step: Intent, Device: fmt.Sprint("r", i)}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i, r := range told {
		if r.Seq != i+1 {
			t.Errorf("record %d is the %d. that was told", r.Seq, i+1)
		}
	}
	if len(told) != 50 {
		t.Errorf("%d of 50 were told", len(told))
	}
	for _, fails = range []error{errors.New("the remote is gone"), nil} { // there again: it is too late
		if err := j.Append(Record{Step: Keep}); err == nil || !strings.Contains(err.Error(), "the remote is gone") {
			t.Errorf("it goes on: %v", err)
		}
	}
}

// TestAdopt holds the law: what was kept elsewhere is what the journal holds, here and for
// whoever reads the file; records follow it.
func TestAdopt(t *testing.T) {
	for name, held := range map[string]bool{"an empty folder": false, "one that holds something else": true} {
		dir := t.TempDir()
		if held {
			written(t, dir)
		}
		j, _, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Adopt([]Record{{Seq: 70, Prev: "x", Step: Begin, Tx: "b"}, {Step: End, Tx: "b"}}); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(j.Append(Record{Step: Begin, Tx: "c"}), j.Close()); err != nil {
			t.Fatal(err)
		}
		rs, err := Read(dir)
		if err != nil || len(rs) != 3 || rs[0].Tx != "b" || rs[2].Tx != "c" {
			t.Errorf("%s: %v %v", name, rs, err)
		}
	}
}

// TestLately holds what is carried on: never less than what is not settled.
func TestLately(t *testing.T) {
	day := func(n int) string { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC).Format(time.RFC3339Nano) }
	rs := []Record{
		{Step: Ledger, Entry: 1},
		{Step: Begin, Tx: "a", Time: day(1)}, {Step: Intent, Tx: "a"}, {Step: End, Tx: "a"},
		{Step: Ledger, Entry: 2}, {Step: Unlock, Text: "why"},
		{Step: Begin, Tx: "b", Time: day(3)}, {Step: Intent, Tx: "b"}, {Step: End, Tx: "b"},
	}
	for name, c := range map[string]struct {
		of    []Record
		since int
		want  string
	}{
		"all":                {rs, 1, "begin-a intent-a end-a ledger2 unlock begin-b intent-b end-b"},
		"the last one":       {rs, 3, "ledger2 unlock begin-b intent-b end-b"},
		"nothing of it":      {rs, 4, "ledger2 unlock"},
		"old, and not ended": {rs[:8], 4, "ledger2 unlock begin-b intent-b"},
		"nothing at all":     {nil, 1, ""},
	} {
		var have []string
		for _, r := range Lately(c.of, time.Date(2026, 1, c.since, 0, 0, 0, 0, time.UTC)) {
			word := string(r.Step)
			if r.Step == Ledger {
				word += fmt.Sprint(r.Entry)
			}
			if r.Tx != "" {
				word += "-" + r.Tx
			}
			have = append(have, word)
		}
		if got := strings.Join(have, " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	text, err := Encode(rs[1:])
	if err != nil {
		t.Fatal(err)
	}
	if back, err := Decode("here", text); err != nil || len(back) != len(rs)-1 {
		t.Error(back, err)
	}
	if _, err := Decode("here", text[:len(text)-1]); err == nil {
		t.Error("a torn copy was taken")
	}
}
