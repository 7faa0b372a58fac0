package forge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
)

// errShape says that an answer lacks what evidence needs, or holds what nobody knows.
var errShape = errors.New("the answer is not what this version knows of this forge")

// look asks for one thing, of which every field must be there.
func look[T any](ctx context.Context, c client, path string) (out T, err error) {
	var raw json.RawMessage
	if _, err = c.do(ctx, http.MethodGet, path, nil, &raw); err != nil {
		return out, err
	}
	return whole[T](raw, path)
}

// looks asks for every page of a list, each item whole.
func looks[T any](ctx context.Context, c client, path string) (out []T, err error) {
	raws, err := all[json.RawMessage](ctx, c, path)
	if err != nil {
		return nil, err
	}
	return wholes[T](raws, path)
}

// wholes reads the items of a list.
func wholes[T any](raws []json.RawMessage, path string) (out []T, err error) {
	for _, raw := range raws {
		one, err := whole[T](raw, path)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// whole reads a value and refuses one that lacks a field, or holds null in it. A field that
// may be absent says omitempty, and one that must be there and may hold null says null:"yes".
func whole[T any](raw json.RawMessage, path string) (out T, err error) {
	if err := complete(raw, reflect.TypeFor[T]()); err != nil {
		return out, fmt.Errorf("GET %s: %w: %w", path, errShape, err)
	}
	if json.Unmarshal(raw, &out) != nil {
		return out, fmt.Errorf("GET %s: %w", path, errShape)
	}
	return out, nil
}

func complete(raw json.RawMessage, t reflect.Type) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Slice {
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			return errors.New("no list")
		}
		for _, one := range items {
			if err := complete(one, t.Elem()); err != nil {
				return err
			}
		}
		return nil
	}
	if t.Kind() != reflect.Struct || t.PkgPath() == "time" {
		return nil
	}
	var have map[string]json.RawMessage
	if json.Unmarshal(raw, &have) != nil {
		return errors.New("no object")
	}
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		name, options, _ := strings.Cut(tag.Get("json"), ",")
		value, there := have[name]
		null := string(value) == "null"
		if there && null && tag.Get("null") == "yes" || (!there || null) && strings.Contains(options, "omitempty") {
			continue
		}
		there = there && !null
		if !there {
			return fmt.Errorf("%s is missing", name)
		}
		if err := complete(value, t.Field(i).Type); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
