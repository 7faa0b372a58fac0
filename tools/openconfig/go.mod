// A target that speaks gNMI and holds nothing but what the OpenConfig models allow, for the tests
// that ask the schema itself: .ci/openconfig builds it.
module plumbline/tools/openconfig

go 1.26

require (
	github.com/google/gnxi v0.0.0-20231026134436-d82d9936af15
	github.com/openconfig/gnmi v0.14.1
	github.com/openconfig/goyang v1.6.0
	github.com/openconfig/ondatra v0.5.8
	github.com/openconfig/ygot v0.29.20
	google.golang.org/grpc v1.69.2
)

require (
	github.com/golang/glog v1.2.4 // indirect
	github.com/golang/protobuf v1.5.4 // indirect
	github.com/google/go-cmp v0.6.0 // indirect
	github.com/kylelemons/godebug v1.1.0 // indirect
	golang.org/x/exp v0.0.0-20241009180824-f66d83c29e7c // indirect
	golang.org/x/net v0.34.0 // indirect
	golang.org/x/sys v0.29.0 // indirect
	golang.org/x/text v0.21.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20250106144421-5f5ef82da422 // indirect
	google.golang.org/protobuf v1.36.2 // indirect
)
