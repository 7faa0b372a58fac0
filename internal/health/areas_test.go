package health

import (
	"fmt"
	"testing"
)

// TestCompleted: counts of another answer go to sessions that are there, and make none.
func TestCompleted(t *testing.T) {
	v := Vitals{"a": {Up: true}, "b": {Up: false, Counts: map[string]int{"received": 1}}}
	v.Completed(Vitals{"a": {Counts: map[string]int{"received": 7}}, "b": {Counts: map[string]int{"received": 2}}, "c": {Counts: map[string]int{"received": 9}}})
	v.Completed(Vitals{"a": {Counts: map[string]int{"advertised": 3}}})
	if have := fmt.Sprint(v); have != "map[a:{true map[advertised:3 received:7] <nil>} b:{false map[received:3] <nil>}]" {
		t.Error(have)
	}
	none := Vitals{"a": {Up: true}}
	if none.Completed(Vitals{}); none["a"].Counts == nil { // it was asked, and told none
		t.Error(none)
	}
	Vitals(nil).Completed(Vitals{"a": {}})
}
