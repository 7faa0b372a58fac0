package health

import (
	"fmt"
	"testing"
)

// TestTogether: each device is well by itself, and all of them are not.
func TestTogether(t *testing.T) {
	const s = "bgp default 192.0.2.1"
	got := func(n int) Vitals { return Vitals{s: {Up: true, Counts: map[string]int{"received ipv4": n}}} }
	limit := Expected{Limits: map[string]Limit{"bgp * 192.0.2.1": {1000, 1000}}}
	// so many devices of one kind
	of := func(n int, was, is Vitals, e Expected) map[string]Look {
		out := map[string]Look{}
		for i := range n {
			out[fmt.Sprint("pe", i)] = Look{was, is, e}
		}
		return out
	}
	and := func(a map[string]Look, name string, l Look) map[string]Look { a[name] = l; return a }
	for name, c := range map[string]struct {
		looks map[string]Look
		want  string
	}{
		"nothing":              {nil, "[]"},
		"five points":          {of(90, uses("memory", 40), uses("memory", 45), Expected{}), "[]"},
		"six points":           {of(90, uses("memory", 40), uses("memory", 46), Expected{}), "[90 devices of this push: memory used was 40 % and is 46 % on average; more than 5 points together are not well (pe0 from 40 % to 46 %, pe1 from 40 % to 46 %, pe10 from 40 % to 46 %)]"},
		"of two":               {of(2, uses("memory", 40), uses("memory", 46), Expected{}), "[]"},
		"one of many":          {and(of(3, uses("memory", 40), uses("memory", 40), Expected{}), "x", Look{uses("memory", 40), uses("memory", 50), Expected{}}), "[]"},
		"the worst first":      {and(of(3, uses("memory", 40), uses("memory", 45), Expected{}), "x", Look{uses("memory", 40), uses("memory", 50), Expected{}}), "[4 devices of this push: memory used was 40 % and is 46 % on average; more than 5 points together are not well (x from 40 % to 50 %, pe0 from 40 % to 45 %, pe1 from 40 % to 45 %)]"},
		"sessions are added":   {of(9, uses("memory", 40), uses("memory", 49), Expected{Added: []string{s}}), "[]"},
		"busy":                 {of(3, uses("cpu", 5), uses("cpu", 25), Expected{}), "[]"},
		"too busy":             {of(3, uses("cpu", 5), uses("cpu", 26), Expected{}), "[3 devices of this push: cpu used was 5 % and is 26 % on average; more than 20 points together are not well (pe0 from 5 % to 26 %, pe1 from 5 % to 26 %, pe2 from 5 % to 26 %)]"},
		"limits fill":          {of(90, got(600), got(660), limit), "[90 devices of this push: limits of sessions used was 60 % and is 66 % on average; more than 5 points together are not well (pe0 from 60 % to 66 %, pe1 from 60 % to 66 %, pe10 from 60 % to 66 %)]"},
		"limits fill a little": {of(90, got(600), got(650), limit), "[]"},
		"the limit is new":     {of(90, got(600), got(660), Expected{Limits: map[string]Limit{s: {2000, 1000}}}), "[]"},
		"the plan moves it":    {of(90, got(600), got(660), Expected{Limits: limit.Limits, Moves: []Move{{More: 60}}}), "[]"},
		"few on each":          {of(90, got(2), got(3), Expected{}), "[90 devices of this push: received was 180 and is 270; more than 216 together is not well]"},
		"none before":          {and(of(3, got(100), got(100), Expected{}), "x", Look{got(0), got(500), Expected{}}), "[4 devices of this push: received was 300 and is 800; more than 360 together is not well]"},
		"a few less":           {of(3, got(100), got(95), Expected{}), "[]"},
		"less":                 {of(3, got(100), got(94), Expected{}), "[3 devices of this push: received was 300 and is 282; less than 285 together is not well]"},
		"less, by the plan":    {of(3, got(100), got(94), Expected{Moves: []Move{{Less: 6}}}), "[]"},
		"any number":           {of(3, got(100), got(9), Expected{Moves: []Move{{Less: -1}}}), "[]"},
		"it is taken away":     {of(3, got(100), got(9), Expected{Freed: []string{s}}), "[]"},
		"too few routes":       {of(3, got(1), got(2), Expected{}), "[]"},
	} {
		if have := fmt.Sprint(Together(c.looks)); have != c.want {
			t.Errorf("%s: %s, want %s", name, have, c.want)
		}
	}
}
