import CTernKernels
import Foundation

/// An instruction set that kernels are compiled for.
///
/// Kernels of your own choose by it, so that `TERN_CPU` rules them too:
///
/// ```swift
/// let isWide = InstructionSet.current == .avx512
/// ```
public enum InstructionSet: String, Sendable, CaseIterable {
    /// What the compiler takes for granted on this kind of processor.
    case portable
    /// 128-bit vectors of Arm.
    case neon
    /// AVX2 with FMA and F16C.
    case avx2
    /// AVX-512 F, BW, DQ and VL.
    case avx512

    /// The one that this process computes with: the best that its processor has, or the one that the environment variable
    /// `TERN_CPU` named when it was first asked for.
    public static let current: InstructionSet = {
        guard let name = ProcessInfo.processInfo.environment["TERN_CPU"] else {
            let best = tern_best_level()
            return allCases.first { $0.level == best }!
        }
        guard let named = InstructionSet(rawValue: name.lowercased()) else {
            mistake("TERN_CPU", "must be one of avx512, avx2, neon and portable, got '\(name)'")
        }
        guard tern_level_is_available(named.level) else {
            mistake("TERN_CPU", "asks for '\(name)', which this CPU does not have")
        }
        return named
    }()

    var level: TernLevel {
        switch self {
        case .portable: .TERN_LEVEL_PORTABLE
        case .neon: .TERN_LEVEL_NEON
        case .avx2: .TERN_LEVEL_AVX2
        case .avx512: .TERN_LEVEL_AVX512
        }
    }
}
