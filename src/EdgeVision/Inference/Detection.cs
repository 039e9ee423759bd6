using EdgeVision.Geometry;

namespace EdgeVision.Inference;

/// <summary>One object in one frame.</summary>
/// <param name="ClassId">Index into the model's labels.</param>
/// <param name="Confidence">0..1.</param>
/// <param name="Box">xyxy; source pixels of the full frame once outside the detector.</param>
/// <param name="Landmarks">Number of its set in <see cref="DetectionList.LandmarksOf"/>, from 1; 0 for none.</param>
public readonly record struct Detection(int ClassId, float Confidence, Box Box, int Landmarks = 0);
