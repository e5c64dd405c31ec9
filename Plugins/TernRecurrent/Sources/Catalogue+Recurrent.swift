import TernNN

extension Catalogue {
    /// The layers of TernRecurrent: `Catalogue.register(.recurrent)`.
    public static let recurrent = Catalogue(GRU.self, GRUCell.self, LSTM.self, LSTMCell.self, RNN.self, RNNCell.self)
}
