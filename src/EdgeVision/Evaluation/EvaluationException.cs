namespace EdgeVision.Evaluation;

/// <summary>Annotations or detections cannot be used. The message is one sentence: what happened, what was expected, what to do.</summary>
public sealed class EvaluationException(string message, Exception? inner = null) : Exception(message, inner);
