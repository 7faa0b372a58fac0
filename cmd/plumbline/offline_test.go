package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBatch holds that each line has its answer in its place, whatever the others are.
func TestBatch(t *testing.T) {
	in := strings.Join([]string{
		`{"platform":"frr","have":"","want":"ip route 192.0.2.0/24 Null0\n"}`,
		`not JSON`,
		`{"platform":"frr","have":"","want":"","more":1}`,
		`{"platform":"frr","have":""}`,
		`{"platform":"fr","have":"","want":""}`,
		`{"platform":"frr","have":"","want":"router bgp 1\n neighbor 192.0.2.1 remote-as 2\n neighbor 192.0.2.1 password hunter2hunter\nexit\n"}`,
		`{"platform":"frr","have":"hostname a\n","want":"hostname a\n"}`,
	}, "\n")
	var out bytes.Buffer
	e := testEnv(t.TempDir(), &out)
	if err := e.batch(strings.NewReader(in), false); code(err) != findings {
		t.Errorf("ends with %v", err)
	}
	want := []struct {
		verified bool
		finding  string
		commands int
	}{{true, "", 1}, {false, "line 2: want one JSON object", 0}, {false, "line 3", 0}, {false, "line 4", 0}, {false, "did you mean frr?", 0}, {true, "secrets are hidden", 4}, {true, "", 0}}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d answers:\n%s", len(lines), out.String())
	}
	for i, w := range want {
		var a answer
		if err := json.Unmarshal([]byte(lines[i]), &a); err != nil {
			t.Fatal(err)
		}
		said := strings.Join(a.Findings, "\n")
		if a.Verified != w.verified || len(a.Commands) != w.commands || !strings.Contains(said, w.finding) || w.finding == "" && said != "" || strings.Contains(lines[i], "hunter2") {
			t.Errorf("answer %d: %s", i+1, lines[i])
		}
	}
}

// TestBatchEnds holds how a batch ends, that a line which is too long has its answer as any other, and
// that an answer that cannot be written is no end like others.
func TestBatchEnds(t *testing.T) {
	const differs, same, bad = `{"platform":"frr","have":"","want":"ip route 192.0.2.0/24 Null0\n"}`, `{"platform":"FRR","have":"","want":""}`, `x`
	long := strings.Repeat("x", longestLine)
	for _, c := range []struct {
		in      string
		code    bool
		end     int
		answers int
	}{
		{"", true, ok, 0}, {same, true, ok, 1}, {same + "\n\n", true, findings, 2}, {differs + "\n" + same, false, ok, 2},
		{differs + "\n" + same, true, differ, 2}, {differs + "\n" + bad + "\n", true, findings, 2},
		{long, false, findings, 1}, {same + "\n" + long + "\n" + same + "\n", false, findings, 3}, {long + long + "xx\r\n" + differs, false, findings, 2},
	} {
		var out bytes.Buffer
		e := testEnv(t.TempDir(), &out)
		if err := e.batch(strings.NewReader(c.in), c.code); code(err) != c.end || strings.Count(out.String(), "\n") != c.answers {
			t.Errorf("%.80q: ends with %v, and answers %s", c.in, err, out.String())
		}
	}
	e := testEnv(t.TempDir(), &bytes.Buffer{})
	e.out = full{}
	if err := e.batch(strings.NewReader(same), false); code(err) != usage || !strings.Contains(err.Error(), "the answer to line 1 cannot be written") {
		t.Errorf("nothing takes the answers: %v", err)
	}
}

// full takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestQuestions holds that a line which readers of JSON would take in another way than it was
// meant is refused, with the reason.
func TestQuestions(t *testing.T) {
	const begin = `{"platform":"frr","have":"","want":"`
	for line, why := range map[string]string{
		"":                      "it is empty",
		" \r":                   "it is empty",
		begin:                   "it is cut",
		`[1]`:                   "it is no object",
		begin + `","have":"x"}`: `"have" stands twice`,
		begin + `","id":7}`:     `there is no "id"`,
		begin + `"} {}`:         "more stands behind",
		begin + "\xe9\"}":       "not UTF-8",
		begin + `\udce9"}`:      "want holds half of a character",
		`{"platform":"frr","have":null,"want":""}`: "have is missing",
		`{"Platform":"frr","have":"","want":""}`:   "platform is missing",
		begin + `\ufffd"}`:                         "",
		"\ufeff" + begin + "\"}\r":                 "",
	} {
		if _, fault := question([]byte(line)); !strings.Contains(fault, why) || why == "" && fault != "" {
			t.Errorf("%q: %q, want %q", line, fault, why)
		}
	}
}

// TestOtherBytes holds that a report is refused, at the line, which would change bytes of a text.
func TestOtherBytes(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("router bgp 1\n neighbor 192.0.2.1 remote-as 2\n neighbor 192.0.2.1 description caf\xe9\nend\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for format, want := range map[string]string{"text": "description caf\xe9", "json": "a:3 holds bytes that are not UTF-8, and json has"} {
		var out bytes.Buffer
		e := testEnv(dir, &out)
		end := run(t.Context(), e, []string{"diff", "--platform", "frr", "--have", "/dev/null", "--want", "a", "--commands", "-o", format})
		if (end == ok) != (format == "text") || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %d %s", format, end, out.String())
		}
	}
}

// TestUntilDone holds that a run which waits for standard input ends when it is interrupted.
func TestUntilDone(t *testing.T) {
	in, never := io.Pipe()
	defer never.Close()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	e := testEnv(t.TempDir(), &bytes.Buffer{})
	if err := e.batch(untilDone{ctx, in}, false); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if text, err := io.ReadAll(untilDone{t.Context(), strings.NewReader(strings.Repeat("ab", 1<<16))}); err != nil || len(text) != 1<<17 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

// TestShowSecrets holds that secrets reach eyes and a file of its owner alone, and nothing else.
func TestShowSecrets(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a": "router bgp 1\n neighbor 192.0.2.1 remote-as 2\n neighbor 192.0.2.1 password zhunter2hunter\nexit\nend\n",
		"b": "router bgp 1\n neighbor 192.0.2.1 remote-as 2\n neighbor 192.0.2.1 password ahunter2hunter\n neighbor 192.0.2.2 remote-as 2\n neighbor 192.0.2.2 password zhunter2hunter\nexit\nend\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	play := func(eyes bool, args ...string) (said, seen string, end int) {
		var out, terminal bytes.Buffer
		e := testEnv(dir, &out)
		if eyes {
			e.eyes = &terminal
		}
		end = run(t.Context(), e, append([]string{"diff", "--platform", "frr", "--have", "a", "--want", "b", "--commands"}, args...))
		return out.String(), terminal.String(), end
	}
	if said, seen, end := play(true); end != ok || seen != "" || strings.Contains(said, "hunter2") || !strings.Contains(said, "<secret:1>") || !strings.Contains(said, "<secret:2>") {
		t.Errorf("nobody asked: %d %s %s", end, said, seen)
	}
	if said, seen, end := play(true, "--show-secrets"); end != ok || !strings.Contains(seen, "password ahunter2hunter") || strings.Contains(said, "hunter2") {
		t.Errorf("eyes: %d %s %s", end, said, seen)
	}
	if said, seen, end := play(false, "--show-secrets"); end != usage || strings.Contains(said+seen, "hunter2") {
		t.Errorf("no eyes: %d %s %s", end, said, seen)
	}
	if said, _, end := play(false, "--show-secrets", "--out", "c"); end != ok || strings.Contains(said, "hunter2") {
		t.Errorf("a file: %d %s", end, said)
	}
	text, err := os.ReadFile(filepath.Join(dir, "c"))
	if i, e := os.Stat(filepath.Join(dir, "c")); err != nil || e != nil || i.Mode() != 0o600 || !strings.Contains(string(text), "password ahunter2hunter") {
		t.Errorf("the file: %v %v %s", err, e, text)
	}
}
