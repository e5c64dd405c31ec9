/// Modules without values: their parameters know their shapes, and wait for what a file has. So nothing is allocated for
/// sizes that a file only claims, and no random numbers are drawn for weights that are replaced at once.
package enum Outline {
    /// Runs `body`; parameters and buffers that are initialized in it get no values.
    package static func making<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let state = ThreadState.current
        let outer = state.outlinedParameters
        state.outlinedParameters = 0
        defer { state.outlinedParameters = outer }
        return try body()
    }

    /// Whether this thread is within ``making(_:)``.
    package static var isBeingMade: Bool { ThreadState.current.outlinedParameters != nil }

    /// How many parameters the running ``making(_:)`` has made.
    package static var parameterCount: Int { ThreadState.current.outlinedParameters ?? 0 }

    /// Tells of a new parameter.
    package static func count() {
        let state = ThreadState.current
        if let count = state.outlinedParameters { state.outlinedParameters = count + 1 }
    }
}
