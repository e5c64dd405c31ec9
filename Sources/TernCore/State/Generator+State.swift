extension Generator: Stateful {
    public var savedState: [String: StateValue] {
        ["key": .integer(Int(bitPattern: UInt(state.key))), "counter": .integer(Int(bitPattern: UInt(state.counter)))]
    }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let key = reader.integer("key", in: Int.min...Int.max)
        let counter = reader.integer("counter", in: Int.min...Int.max)
        let state = State(key: UInt64(UInt(bitPattern: key)), counter: UInt64(UInt(bitPattern: counter)))
        return { self.state = state }
    }
}
