package intent

import "plumbline/internal/diag"

// roleOf tells where the role of a device stands; nothing where it is in no inventory.
func (f *Fabric) roleOf(b *Build, name Name) []diag.Pos {
	if g := b.Gear(string(name)); g != nil {
		return b.role(g)
	}
	return nil
}

// ends tells where the cables of a leaf are, or all of them where it has none.
func (f *Fabric) ends(b *Build, leaf Name) (at []diag.Pos) {
	for i := range f.Cables {
		if c := &f.Cables[i]; c.Leaf == leaf {
			at = append(at, b.At(&c.Leaf), b.At(&c.Spine))
		}
	}
	return at
}

// roleBy tells where the role of the member stands that has a number.
func (f *Fabric) roleBy(b *Build, asn *ASN) []diag.Pos {
	for i := range f.ASNs {
		if &f.ASNs[i].Value == asn {
			return f.roleOf(b, f.ASNs[i].Key)
		}
	}
	return nil
}
