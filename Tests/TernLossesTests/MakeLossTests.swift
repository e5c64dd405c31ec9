import Foundation
import TernCore
import TernLosses
import Testing

@Suite("Losses by name")
struct MakeLossTests {
    @Test("names of PyTorch and Keras make their losses, whatever their spelling")
    func names() throws {
        for name in ["mse", "MSELoss", "mse_loss", "MeanSquaredError", "mean_squared_error", "mean-squared-error"] {
            #expect(try makeLoss(name) is MSELoss, "\(name)")
        }
        for name in ["mae", "l1", "L1Loss", "MeanAbsoluteError"] { #expect(try makeLoss(name) is L1Loss, "\(name)") }
        #expect(try makeLoss("crossentropy") is CrossEntropyLoss)
        #expect(try makeLoss("CrossEntropyLoss") is CrossEntropyLoss)
        #expect(try makeLoss("sparse_categorical_crossentropy") is CategoricalCrossEntropyLoss)
        #expect(try makeLoss("BinaryCrossentropy") is BCELoss)
    }

    @Test(
        "every loss of a prediction and a target in PyTorch and Keras has its name",
        arguments: [
            "BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "HingeEmbeddingLoss", "HuberLoss", "KLDivLoss",
            "L1Loss",
            "MSELoss", "MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss", "NLLLoss",
            "PoissonNLLLoss", "SmoothL1Loss", "SoftMarginLoss", "BinaryCrossentropy", "BinaryFocalCrossentropy",
            "CategoricalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy",
            "CategoricalHinge", "Circle", "CosineSimilarity", "Dice", "Hinge", "Huber", "KLDivergence", "LogCosh",
            "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError", "MeanSquaredLogarithmicError",
            "Poisson", "SparseCategoricalCrossentropy", "SquaredHinge", "Tversky", "mae", "mape", "msle", "kld",
            "kullback_leibler_divergence", "logcosh", "smooth_l1_loss",
        ])
    func complete(name: String) throws { _ = try makeLoss(name) }

    @Test("settings are those of the value")
    func settings() throws {
        #expect((try makeLoss("huber", settings: ["delta": 0.5, "reduction": "sum"]) as? HuberLoss)?.delta == 0.5)
        #expect((try makeLoss("huber", settings: ["reduction": "sum"]) as? HuberLoss)?.reduction == .sum)
        let logits = try makeLoss("categorical_crossentropy", settings: ["fromLogits": true, "labelSmoothing": 0.1])
        #expect((logits as? CrossEntropyLoss)?.axis == -1)
        #expect((logits as? CrossEntropyLoss)?.labelSmoothing == 0.1)
        #expect((try makeLoss("binary_crossentropy") as? BCELoss)?.epsilon == 1e-7)
        #expect((try makeLoss("bce") as? BCELoss)?.epsilon == nil)
        let json = Data(#"{"alpha": 0.3, "fromLogits": true, "reduction": "none"}"#.utf8)
        let read = try JSONDecoder().decode([String: ConfigurationValue].self, from: json)
        let focal = try makeLoss("binary_focal_crossentropy", settings: read) as? BinaryFocalCrossEntropyWithLogitsLoss
        #expect(focal?.alpha == 0.3 && focal?.reduction == Reduction.none)
    }

    @Test("every name can be made, with all its settings at their defaults")
    func all() throws {
        for name in lossNames { _ = try makeLoss(name, settings: ["reduction": "sum"]) }
        #expect(lossNames.count > 40)
    }

    @Test("what is wrong is said, with what there is")
    func errors() {
        func message(_ name: String, _ settings: [String: ConfigurationValue] = [:]) -> String {
            do throws(ConfigurationError) {
                _ = try makeLoss(name, settings: settings)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(message("hubert").hasPrefix("there is no loss 'hubert', did you mean 'huber'? There are bce, "))
        #expect(message("mean_sqared_error").contains("did you mean 'mean_squared_error'?"))
        #expect(message("huber", ["delt": 1]) == "huber: has no setting delt, only delta, reduction")
        #expect(message("huber", ["delta": "big"]) == "huber: expects a number for delta, got 'big'")
        #expect(message("huber", ["delta": -1]) == "huber: delta is out of range, got -1.0")
        #expect(
            message("mse", ["reduction": "average"])
                == "mse: expects mean, sum or none for reduction, got 'average'")
        #expect(message("multi_margin", ["p": 1.5]) == "multi_margin: expects an integer for p, got 1.5")
        #expect(message("kl_div", ["isLogTarget": 3]) == "kl_div: expects false or true for isLogTarget, got 3.0")
    }
}
