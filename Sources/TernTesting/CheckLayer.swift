import TernCore
import TernNN

/// Checks a layer in every way in which layers of Tern are checked, see ``LayerCheck``, and throws all that is wrong in one
/// error. It needs no testing library: in a test of Swift Testing or XCTest the error's text says what was expected and what
/// came.
///
/// ```swift
/// func swishIsALayer() throws {     // a test
///     try checkLayer(Swish(beta: 1.5), Tensor.normal([3, 4]))
/// }
/// ```
///
/// The expression that makes the layer runs anew for each check. Give settings values that are not their defaults, so that
/// the printed form must show them, and inputs a batch of two examples or more, a few elements each, at which the layer is
/// smooth: differences step by `1e-6`. Of larger layers, gradients are checked along random directions.
///
/// A check that does not apply is left out by saying why:
///
/// ```swift
/// try checkLayer(Permute([1, 0]), Tensor.normal([3, 4]), except: [.batchInvariance: "moves the batch's axis"])
/// ```
///
/// A layer that stops the program (``/TernCore/mistake(_:_:file:line:)``) stops the test as well; the message begins
/// with the check: `checkLayer(emptyBatch).Swish: ...`. Random numbers of this thread are afterwards what they were.
///
/// - Parameters:
///   - layer: an expression that makes a layer.
///   - input: for it; a batch of at least 2 examples along the first axis.
///   - outputShapes: what the shapes of the outputs should be.
///   - except: checks to leave out, and why.
///   - unprinted: stored properties that are no settings, such as a cache: the printed form need not show them.
/// - Throws: ``CheckFailure`` with all findings.
public func checkLayer<Layer: Module>(
    _ layer: @autoclosure @escaping () -> Layer, _ input: Tensor, outputShapes: [Shape]? = nil,
    except: [LayerCheck: String] = [:], unprinted: Set<String> = []
) throws(CheckFailure) where Layer.Input == Tensor {
    try checkLayer(
        layer(), inputs: [input], outputShapes: outputShapes, except: except, unprinted: unprinted
    ) { layer, inputs in layer(inputs[0]) }
}

/// Checks a layer whose input is an array of tensors, see
/// ``checkLayer(_:_:outputShapes:except:unprinted:)-(_,Tensor,_,_,_)``.
public func checkLayer<Layer: Module>(
    _ layer: @autoclosure @escaping () -> Layer, _ inputs: [Tensor], outputShapes: [Shape]? = nil,
    except: [LayerCheck: String] = [:], unprinted: Set<String> = []
) throws(CheckFailure) where Layer.Input == [Tensor] {
    try checkLayer(
        layer(), inputs: inputs, outputShapes: outputShapes, except: except, unprinted: unprinted
    ) { layer, inputs in layer(inputs) }
}

/// Checks a layer of two tensors, see ``checkLayer(_:_:outputShapes:except:unprinted:)-(_,Tensor,_,_,_)``.
public func checkLayer<Layer: Module>(
    _ layer: @autoclosure @escaping () -> Layer, _ first: Tensor, _ second: Tensor, outputShapes: [Shape]? = nil,
    except: [LayerCheck: String] = [:], unprinted: Set<String> = []
) throws(CheckFailure) where Layer.Input == (Tensor, Tensor) {
    try checkLayer(
        layer(), inputs: [first, second], outputShapes: outputShapes, except: except, unprinted: unprinted
    ) { layer, inputs in layer((inputs[0], inputs[1])) }
}

/// Checks a layer of three tensors, see ``checkLayer(_:_:outputShapes:except:unprinted:)-(_,Tensor,_,_,_)``.
public func checkLayer<Layer: Module>(
    _ layer: @autoclosure @escaping () -> Layer, _ first: Tensor, _ second: Tensor, _ third: Tensor,
    outputShapes: [Shape]? = nil, except: [LayerCheck: String] = [:], unprinted: Set<String> = []
) throws(CheckFailure) where Layer.Input == (Tensor, Tensor, Tensor) {
    try checkLayer(
        layer(), inputs: [first, second, third], outputShapes: outputShapes, except: except, unprinted: unprinted
    ) { layer, inputs in layer((inputs[0], inputs[1], inputs[2])) }
}

/// Checks a layer whose type only its maker knows, see ``checkLayer(_:_:outputShapes:except:unprinted:)-(_,Tensor,_,_,_)``.
public func checkLayer(
    making layer: @escaping () -> any Module<Tensor, Tensor>, _ input: Tensor, outputShapes: [Shape]? = nil,
    except: [LayerCheck: String] = [:], unprinted: Set<String> = []
) throws(CheckFailure) {
    let call = { (layer: any Module, inputs: [Tensor]) in [(layer as! any Module<Tensor, Tensor>)(inputs[0])] }
    try check(LayerSubject({ layer() }, [input], call: call), outputShapes, except, unprinted)
}

/// Checks a layer with any kind of input, which `call` makes of tensors; see
/// ``checkLayer(_:_:outputShapes:except:unprinted:)-(_,Tensor,_,_,_)``.
///
/// ```swift
/// try checkLayer(Attention(), inputs: [query, memory]) { layer, x in layer(Attention.Input(query: x[0], memory: x[1])) }
/// ```
///
/// Outputs are all tensors of a tuple, array, dictionary, optional or struct of tensors.
///
/// - Parameters:
///   - layer: makes a new layer; called more than once.
///   - inputs: the tensors that `call` makes an input of.
///   - outputShapes: of all tensors of the output; not checked if `nil`.
///   - except: checks to leave out, and why.
///   - unprinted: settings that the layer's description need not show.
///   - call: calls the layer, and not its `forward`.
public func checkLayer<Layer: Module, Output>(
    _ layer: @autoclosure @escaping () -> Layer, inputs: [Tensor], outputShapes: [Shape]? = nil,
    except: [LayerCheck: String] = [:], unprinted: Set<String> = [], call: @escaping (Layer, [Tensor]) -> Output
) throws(CheckFailure) {
    let call = { (layer: any Module, inputs: [Tensor]) in
        namedTensors(in: call(layer as! Layer, inputs), named: "output").map(\.tensor)
    }
    try check(LayerSubject({ layer() }, inputs, call: call), outputShapes, except, unprinted)
}

private func check(
    _ subject: LayerSubject, _ outputShapes: [Shape]?, _ except: [LayerCheck: String], _ unprinted: Set<String>
) throws(CheckFailure) {
    let report = subject.report
    let generator = Generator.default.state
    defer { Generator.default.state = generator }
    for check in LayerCheck.allCases where except[check] == nil {
        report.run(check.rawValue) {
            switch check {
            case .names: subject.checkNames()
            case .shapes: subject.checkShapes(outputShapes)
            case .floatTypes: subject.checkFloatTypes()
            case .gradients: subject.checkGradients(order: 1)
            case .secondGradients: subject.checkGradients(order: 2)
            case .modes: subject.checkModes()
            case .evaluation: subject.checkEvaluation()
            case .lazyShapes: subject.checkLazyShapes()
            case .saveAndLoad: subject.checkSaveAndLoad()
            case .modelFile: subject.checkModelFile()
            case .freezing: subject.checkFreezing()
            case .summary: subject.checkSummary()
            case .printedForm: subject.checkPrintedForm(unprinted)
            case .threads: subject.checkThreads(tiling: except[.batchInvariance] == nil)
            case .batchInvariance: subject.checkBatchInvariance()
            case .emptyBatch: subject.checkEmptyBatch()
            case .graph: subject.checkGraph()
            case .leaks: subject.checkLeaks()
            case .inputs: subject.checkInputs()
            case .layouts: subject.checkLayouts()
            }
        }
        if report.isHopeless { break }
    }
    try report.finish(subject.name)
}
