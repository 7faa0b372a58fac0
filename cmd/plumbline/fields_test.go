package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/gate/signed"
)

// mutant is a text in which one thing is another one.
type mutant struct {
	what string
	text []byte
}

// mutants gives every way in which one part of a JSON text can be another one: a value that is another,
// none, of another kind or gone; one more; two in another order.
func mutants(t *testing.T, text []byte) (out []mutant) {
	t.Helper()
	var root any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		t.Fatal(err)
	}
	add := func(what string) {
		b, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, mutant{what, b})
	}
	var walk func(path string, is any, put func(any))
	instead := func(path, what string, is, other any, put func(any)) {
		put(other)
		add(path + " " + what)
		put(is)
	}
	walk = func(path string, is any, put func(any)) {
		instead(path, "is null", is, nil, put)
		switch v := is.(type) {
		case string:
			instead(path, "is another", is, "0"+v, put)
			instead(path, "is empty", is, "", put)
			instead(path, "is a list", is, []any{v}, put)
		case json.Number:
			instead(path, "is another", is, json.Number("1"+strings.TrimPrefix(v.String(), "-")), put)
			instead(path, "is a text", is, v.String(), put)
		case bool:
			instead(path, "is another", is, !v, put)
		case []any:
			instead(path, "has nothing", is, []any{}, put)
			for i := range v {
				instead(path, fmt.Sprint("lacks ", i), is, append(slices.Clone(v[:i]), v[i+1:]...), put)
				instead(path, fmt.Sprint("has twice ", i), is, append(slices.Clone(v), v[i]), put)
				walk(fmt.Sprintf("%s[%d]", path, i), v[i], func(one any) { v[i] = one })
			}
		case map[string]any:
			instead(path, "has one more", is, func() any { more := maps.Clone(v); more["unheard"] = "of"; return more }(), put)
			for _, k := range slices.Sorted(maps.Keys(v)) {
				instead(path, "lacks "+k, is, func() any { less := maps.Clone(v); delete(less, k); return less }(), put)
				walk(path+"."+k, v[k], func(one any) { v[k] = one })
			}
		}
	}
	walk("", root, func(one any) { root = one })
	return out
}

// TestVerifyFields holds the law: no field of anything that a deployment is proved from can be another
// one, be gone or come besides without verify naming what it is in. What only the runner knows, and
// whoever has the ledger key can therefore say otherwise, is listed here and nowhere else.
func TestVerifyFields(t *testing.T) {
	t.Parallel()
	s, held := brokenSince(t)
	identity := []string{"--identity", s.path("identity")}
	_, err := s.keep(s.plumb(refused, append([]string{"push", "--restore", demoRouter, "--archived", held.tx}, identity...)...))
	s.must(err)
	head := "plumbline/restore-" + demoRouter + "-" + s.plan[:8]
	s.plumb(ok, "approve", s.plan, "--key", s.path("keys", demoBob), "--head", head)
	s.lands(head)
	s.plumb(ok, append([]string{"push", "--plan", s.plan}, identity...)...)
	s.plumb(ok, "verify")

	figures := map[string]int{}
	for what, refuses := range map[string]func() int{
		"ledger":                s.ledgerFields,
		"ledger, under its key": s.ledgerFieldsSigned,
		"plan":                  s.planFields,
		"approvals":             s.statementFields,
	} {
		if figures[what] = refuses(); figures[what] == 0 {
			t.Errorf("%s: nothing was changed", what)
		}
	}
	s.plumb(ok, "verify")
	t.Logf("figure: single fields changed, dropped, doubled or added, each refused by verify by name: %v", figures)
}

// refuses puts texts in the place of what a ref holds, each of which verify must refuse by name.
func (s *stage) refuses(ref, named string, all []mutant, but *regexp.Regexp) (refusals int) {
	s.t.Helper()
	was, err := s.repo.Get(ref)
	s.must(err)
	defer func() { s.must(s.repo.Put(ref, was)) }()
	for _, m := range all {
		if bytes.Equal(m.text, was) {
			continue
		}
		s.must(s.repo.Put(ref, m.text))
		why := s.refusal()
		switch {
		case but != nil && but.MatchString(m.what):
			if why != "" {
				s.t.Errorf("%s:%s: it is refused now (%s): take it off the list", ref, m.what, why)
			}
		case why == "" || !strings.Contains(why, named):
			s.t.Errorf("%s:%s: want a refusal that names %q, have %q", ref, m.what, named, why)
		default:
			refusals++
		}
	}
	return refusals
}

// ledgerLine is an entry as it is kept.
type ledgerLine struct {
	Body []byte `json:"body"`
	Sig  []byte `json:"sig"`
}

func (s *stage) ledgerLines() (out []ledgerLine) {
	s.t.Helper()
	kept, err := s.repo.Get("ledger")
	s.must(err)
	for line := range bytes.Lines(kept) {
		var one ledgerLine
		s.must(json.Unmarshal(line, &one))
		out = append(out, one)
	}
	return out
}

func (s *stage) inLines(lines []ledgerLine) (out []byte) {
	s.t.Helper()
	for _, l := range lines {
		b, err := json.Marshal(l)
		s.must(err)
		out = append(append(out, b...), '\n')
	}
	return out
}

// ledgerFields changes entries as somebody would who has no key.
func (s *stage) ledgerFields() int {
	lines := s.ledgerLines()
	var all []mutant
	for i := range lines {
		for _, m := range mutants(s.t, lines[i].Body) {
			now := slices.Clone(lines)
			now[i].Body = m.text
			all = append(all, mutant{fmt.Sprint(i+1, m.what), s.inLines(now)})
		}
	}
	return s.refuses("ledger", "ledger", all, nil)
}

// told is what verify has from whoever has the ledger key alone, because nothing else in Git says it: the
// name of the last transaction, and the file in which the runner keeps what a device held, until a way back
// is made of that.
var told = regexp.MustCompile(`^3\.(tx is another|tx is empty|tx is null|devices\[0\]\.archive is (another|empty|null))$|^3 lacks tx$|^3\.devices\[0\] lacks archive$`)

// ledgerFieldsSigned changes the last entry as whoever has the ledger key would.
func (s *stage) ledgerFieldsSigned() int {
	pem, err := os.ReadFile(s.path("keys", "ledger"))
	s.must(err)
	key, err := signed.ParseKey(pem)
	s.must(err)
	lines := s.ledgerLines()
	var all []mutant
	last := len(lines) - 1
	for _, m := range mutants(s.t, lines[last].Body) {
		now := slices.Clone(lines)
		now[last].Body = m.text
		now[last].Sig, err = key.Sign(signed.LedgerSpace, m.text)
		s.must(err)
		all = append(all, mutant{fmt.Sprint(last+1, m.what), s.inLines(now)})
	}
	return s.refuses("ledger", "", all, told)
}

// planFields changes a plan in each of its fields, in the spelling that plans have. Who did not answer
// when it was made stands beside it: no digest is over that, and nothing is judged by it.
func (s *stage) planFields() int {
	p, err := signed.LoadPlan(s.repo, s.plan)
	s.must(err)
	var all []mutant
	add := func(what string) { all = append(all, mutant{what, p.Encode()}) }
	fields(" header", reflect.ValueOf(&p.Header).Elem(), add)
	for i := range p.Changes {
		fields(" "+p.Changes[i].Device, reflect.ValueOf(&p.Changes[i]).Elem(), add)
	}
	return s.refuses("plans/"+s.plan, "plan", all, nil)
}

// fields gives each field of a value another content in turn; what no plan keeps is left.
func fields(path string, of reflect.Value, add func(string)) {
	turn := func(is, other reflect.Value) {
		was := reflect.New(is.Type()).Elem()
		was.Set(is)
		is.Set(other)
		add(path)
		is.Set(was)
	}
	switch of.Kind() {
	case reflect.String:
		turn(of, reflect.ValueOf(of.String()+"0").Convert(of.Type()))
	case reflect.Int:
		turn(of, reflect.ValueOf(int(of.Int())+1).Convert(of.Type()))
	case reflect.Bool:
		turn(of, reflect.ValueOf(!of.Bool()).Convert(of.Type()))
	case reflect.Slice:
		if of.Len() > 0 {
			turn(of, of.Slice(0, of.Len()-1))
		}
		turn(of, reflect.Append(of, reflect.Zero(of.Type().Elem())))
	case reflect.Struct:
		for i := range of.NumField() {
			if f := of.Type().Field(i); f.IsExported() {
				fields(path+"."+f.Name, of.Field(i), add)
			}
		}
	}
}

// statementFields changes lines of what people signed.
func (s *stage) statementFields() (refusals int) {
	names, err := s.repo.List("approvals/" + s.plan)
	s.must(err)
	for _, name := range names {
		text, err := s.repo.Get(name)
		s.must(err)
		lines := strings.SplitAfter(string(text), "\n")
		var all []mutant
		for i, line := range lines {
			for how, now := range map[string][]string{"lacks": nil, "has twice": {line, line}, "is another": {strings.Replace(line, ": ", ": 0", 1)}, "has one more": {line, "unheard: of\n"}} {
				all = append(all, mutant{fmt.Sprintf(" %s line %d", how, i+1), []byte(strings.Join(slices.Concat(lines[:i], now, lines[i+1:]), ""))})
			}
		}
		refusals += s.refuses(name, "approv", all, nil)
	}
	return refusals
}
