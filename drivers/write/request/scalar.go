package request

import (
	"bytes"
	"encoding/json"

	"github.com/openconfig/gnmi/proto/gnmi"
)

// scalars writes the values of leaves as types of gNMI and not as JSON (specification, 2.2.3), for
// devices that take them so alone. What is no leaf stays as it is.
func scalars(us []*gnmi.Update) {
	for _, u := range us {
		d := json.NewDecoder(bytes.NewReader(u.GetVal().GetJsonIetfVal()))
		d.UseNumber()
		var v any
		if d.Decode(&v) == nil {
			if s := scalar(v); s != nil {
				u.Val = s
			}
		}
	}
}

// scalar is a value as gNMI has it; nil for what is none. [null] is how JSON writes that a leaf
// without a value is there.
func scalar(v any) *gnmi.TypedValue {
	switch v := v.(type) {
	case string:
		return &gnmi.TypedValue{Value: &gnmi.TypedValue_StringVal{StringVal: v}}
	case bool:
		return &gnmi.TypedValue{Value: &gnmi.TypedValue_BoolVal{BoolVal: v}}
	case json.Number:
		if n, err := json.Number.Int64(v); err == nil && n >= 0 {
			return &gnmi.TypedValue{Value: &gnmi.TypedValue_UintVal{UintVal: uint64(n)}}
		}
	case []any:
		out := &gnmi.ScalarArray{}
		for _, e := range v {
			s := scalar(e)
			if s == nil {
				return nil
			}
			out.Element = append(out.Element, s)
		}
		return &gnmi.TypedValue{Value: &gnmi.TypedValue_LeaflistVal{LeaflistVal: out}}
	}
	return nil
}
