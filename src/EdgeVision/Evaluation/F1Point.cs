namespace EdgeVision.Evaluation;

/// <summary>What one confidence threshold gives at IoU 0.5; everything 0..1.</summary>
public readonly record struct F1Point(double Threshold, double Precision, double Recall, double F1);
