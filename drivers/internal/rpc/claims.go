package rpc

import (
	"context"
	"strings"

	"github.com/openconfig/gnmi/proto/gnmi"
)

// Claims is what a device says that it can (gNMI specification, "Capability Discovery"). It is
// for people: nothing is done, and nothing is left out, because of it.
type Claims struct {
	Version   string   // of gNMI
	Encodings []string // by their names in the specification
	Models    int      // schemas that it says it has
	Ours      bool     // whether the encoding is among them that its platform is read in
}

// Claims asks the device what it can.
func (c *Conn) Claims(ctx context.Context) (Claims, error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	a, err := c.target.Capabilities(ctx)
	if err != nil {
		return Claims{}, c.Sort(ctx, "capabilities", err)
	}
	out := Claims{Version: a.GetGNMIVersion(), Models: len(a.GetSupportedModels())}
	ours := gnmi.Encoding_JSON_IETF
	if c.m.Encoding == "json" {
		ours = gnmi.Encoding_JSON
	}
	for _, e := range a.GetSupportedEncodings() {
		if name := gnmi.Encoding_name[int32(e)]; name != "" && len(out.Encodings) < len(gnmi.Encoding_name) {
			out.Encodings = append(out.Encodings, strings.ToLower(name))
		}
		out.Ours = out.Ours || e == ours
	}
	return out, nil
}
