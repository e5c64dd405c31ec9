import CTernKernels

/// The weights of a convolution as its kernels read them, with the plans that say how.
final class PackedWeights {
    private let pass: CorrelationPass
    private let geometry: ConvolutionGeometry
    private let source: UnsafeRawPointer
    /// One for each phase of the depth, and the weights packed for it.
    private var plans: [UnsafeMutablePointer<TernConvPlan>] = []
    private var packed: [UnsafeMutableRawPointer] = []

    private init(_ weight: Tensor, _ pass: CorrelationPass, _ geometry: ConvolutionGeometry) {
        self.pass = pass
        self.geometry = geometry
        source = UnsafeRawPointer(weight.impl.pointer)
        for phase in 0..<geometry.phases(of: pass) {
            let plan = UnsafeMutablePointer<TernConvPlan>.allocate(capacity: 1)
            plan.initialize(to: geometry.plan(pass, phase: phase, weight.dtype))
            plans.append(plan)
            packed.append(Allocator.scratch(plan.pointee.packed_bytes))
            CPU().pack(weight, plan, into: packed[phase])
        }
    }

    deinit {
        for (plan, packed) in zip(plans, packed) {
            Allocator.free(scratch: packed, plan.pointee.packed_bytes)
            plan.deallocate()
        }
    }

    /// Those for a pass of this convolution, packed unless an earlier call has left them with the weight.
    static func kept(
        with weight: Tensor, _ pass: CorrelationPass, _ geometry: ConvolutionGeometry
    ) -> PackedWeights {
        weight.impl.memory.keptForm {
            $0.source == UnsafeRawPointer(weight.impl.pointer) && $0.pass == pass && $0.geometry == geometry
        } orMade: {
            PackedWeights(weight, pass, geometry)
        }
    }

    func forEachPhase(_ body: (UnsafePointer<TernConvPlan>, _ packed: UnsafeRawPointer) -> Void) {
        withExtendedLifetime(self) {
            for (plan, packed) in zip(plans, packed) { body(UnsafePointer(plan), UnsafeRawPointer(packed)) }
        }
    }
}
