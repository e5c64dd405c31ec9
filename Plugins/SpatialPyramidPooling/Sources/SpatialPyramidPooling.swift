import TernNN
