package gnmi

import (
	"strings"
	"testing"

	"github.com/openconfig/gnmi/proto/gnmi"
)

func update(name string, v *gnmi.TypedValue) *gnmi.Update {
	return &gnmi.Update{Path: &gnmi.Path{Elem: []*gnmi.PathElem{{Name: name, Key: map[string]string{"b": "x]y", "a": "1"}}}}, Val: v}
}

func jsonValue(s string) *gnmi.TypedValue {
	return &gnmi.TypedValue{Value: &gnmi.TypedValue_JsonIetfVal{JsonIetfVal: []byte(s)}}
}

func TestLines(t *testing.T) {
	number := &gnmi.TypedValue{Value: &gnmi.TypedValue_UintVal{UintVal: 1<<64 - 1}}
	for _, c := range []struct {
		want string
		us   []*gnmi.Update
	}{
		{"/p/n[a=1][b=x\\]y]/v 18446744073709551615\n/p/n[a=1][b=x\\]y]/w [2,1]\n", []*gnmi.Update{update("n", jsonValue(`{"w":[2,1],"v":18446744073709551615}`))}},
		{"/p/n[a=1][b=x\\]y] 18446744073709551615\n", []*gnmi.Update{update("n", number)}},
		{"two values", []*gnmi.Update{update("n", jsonValue("1")), update("n", jsonValue("2"))}},
		{"cannot be read", []*gnmi.Update{update("n", jsonValue(`{"a":`))}},
		{"cannot be read", []*gnmi.Update{update("n", jsonValue(`1 2`))}},
		{"", []*gnmi.Update{update("n", jsonValue(`{}`))}},
		{"", nil},
	} {
		text, n, err := lines([]*gnmi.Notification{{Prefix: &gnmi.Path{Elem: []*gnmi.PathElem{{Name: "p"}}}, Update: c.us}})
		if err != nil {
			if c.want == "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		} else if string(text) != c.want || n != strings.Count(c.want, "\n") {
			t.Errorf("%d lines:\n%s\nwant:\n%s", n, text, c.want)
		}
	}
}
