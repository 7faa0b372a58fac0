package rpc

import (
	"strings"
	"testing"

	"github.com/openconfig/gnmi/proto/gnmi"
)

func update(name string, v *gnmi.TypedValue, keys map[string]string, under ...string) *gnmi.Update {
	elems := []*gnmi.PathElem{{Name: name, Key: keys}}
	for _, u := range under {
		elems = append(elems, &gnmi.PathElem{Name: u})
	}
	return &gnmi.Update{Path: &gnmi.Path{Elem: elems}, Val: v}
}

func jsonValue(s string) *gnmi.TypedValue {
	return &gnmi.TypedValue{Value: &gnmi.TypedValue_JsonIetfVal{JsonIetfVal: []byte(s)}}
}

// What comes in several updates, in other spellings or in pieces is one tree, and has one
// text; what contradicts itself is an error.
func TestTree(t *testing.T) {
	number := &gnmi.TypedValue{Value: &gnmi.TypedValue_UintVal{UintVal: 1<<64 - 1}}
	one, bgp := map[string]string{"index": "1"}, map[string]string{"identifier": "BGP", "name": "x"}
	for _, c := range []struct {
		want string
		us   []*gnmi.Update
	}{
		{`{"p":{"n":[{"index":1,"v":18446744073709551615,"w":[2,1]}]}}`, []*gnmi.Update{update("n", jsonValue(`{"m:w":[2,1],"index":1,"v":18446744073709551615}`), one)}},
		{`{"p":{"n":[{"a":"b","index":1,"v":18446744073709551615}]}}`, []*gnmi.Update{update("n", number, one, "v"), update("n", jsonValue(`{"index":1,"a":"b"}`), one)}},
		{`{"p":{"n":[{"identifier":"m-t:BGP","name":"x","v":1}]}}`, []*gnmi.Update{update("n", jsonValue(`{"identifier":"m-t:BGP"}`), bgp), update("n", jsonValue(`1`), bgp, "v")}},
		{`{"p":{"n":[{"index":"1"},{"index":"2","v":1}]}}`, []*gnmi.Update{update("n", jsonValue(`{}`), one), update("n", jsonValue(`1`), map[string]string{"index": "2"}, "v")}},
		{`{"p":{"t":"<a>"}}`, []*gnmi.Update{update("t", jsonValue(`"<a>"`), nil)}},
		{"two values, 1 and 2", []*gnmi.Update{update("n", jsonValue("1"), nil), update("n", jsonValue("2"), nil)}},
		{"two modules have a member c", []*gnmi.Update{update("n", jsonValue(`{"a:c":1,"b:c":2}`), nil)}},
		{"cannot be read", []*gnmi.Update{update("n", jsonValue(`{"a":`), nil)}},
		{"cannot be read", []*gnmi.Update{update("n", jsonValue(`1 2`), nil)}},
		{"no container", []*gnmi.Update{update("n", jsonValue(`1`), one)}},
		{`{}`, nil},
	} {
		have := Tree{}
		err := have.lay([]*gnmi.Notification{{Prefix: &gnmi.Path{Elem: []*gnmi.PathElem{{Name: "m:p"}}}, Update: c.us}})
		if err != nil {
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
			continue
		}
		if text := strings.NewReplacer("\n", "", " ", "").Replace(string(have.Text())); text != c.want {
			t.Errorf("%s, want %s", text, c.want)
		}
	}
}

func TestState(t *testing.T) {
	have := Tree{"a": []any{map[string]any{"config": map[string]any{"v": 1}, "state": map[string]any{"v": 1}}}, "state": "a leaf"}
	have.without("state")
	if have.Leaves() != 2 {
		t.Errorf("%s", have.Text())
	}
}
