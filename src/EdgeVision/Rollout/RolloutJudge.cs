using System.Globalization;

namespace EdgeVision.Rollout;

/// <summary>Says of a model that looks whether it may go on. Pure.</summary>
public static class RolloutJudge
{
    /// <summary>Fewer frames prove nothing: a start is slow, and one broken frame of ten is no rate.</summary>
    public const int LeastFrames = 20;

    /// <summary>Frames of each model before their objects are compared; people come in groups.</summary>
    public const int LeastFramesForObjects = 100;

    /// <summary>Objects a frame that the one before must have found on average, or its own number says nothing.</summary>
    public const double LeastObjects = 0.2;

    /// <summary>Null while nothing speaks against <paramref name="now"/>, otherwise a sentence.</summary>
    /// <param name="options">What it has to keep to.</param>
    /// <param name="before">Of the model before it.</param>
    /// <param name="now">Of this one.</param>
    public static string? WhyNot(RolloutOptions options, ModelTally before, ModelTally now)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(now);
        var all = now.Frames + now.Failed;
        if (all >= LeastFrames && now.Failed > options.MaxFailures * all)
            return Sentence($"It failed on {now.Failed} of {all} frames, {options.MaxFailures * 100:0.##} % are allowed (MaxFailures).");
        if (now.Frames < LeastFrames) return null;
        if (options.MaxLatency > TimeSpan.Zero && now.MeanInfer > options.MaxLatency)
            return Sentence($"It takes {now.MeanInfer.TotalMilliseconds:0.0} ms a frame, {options.MaxLatency.TotalMilliseconds:0} are allowed (MaxLatencyMs).");
        if (options.MaxSlowdown > 0 && before.Frames >= LeastFrames && now.MeanInfer > before.MeanInfer * options.MaxSlowdown)
            return Sentence($"It takes {now.MeanInfer.TotalMilliseconds:0.0} ms a frame, {now.MeanInfer / before.MeanInfer:0.0} times as long as the one before; {options.MaxSlowdown:0.##} are allowed (MaxSlowdown).");
        var isComparable = before.Frames >= LeastFramesForObjects && now.Frames >= LeastFramesForObjects && before.ObjectsPerFrame >= LeastObjects;
        if (isComparable && now.ObjectsPerFrame < before.ObjectsPerFrame * options.MinDetections)
            return Sentence($"It finds {now.ObjectsPerFrame:0.00} objects a frame where the one before found {before.ObjectsPerFrame:0.00}; less than {options.MinDetections * 100:0.##} % of them is taken for blind (MinDetections).");
        return null;
    }

    /// <summary>Null when what two models saw of the same frames is alike enough, otherwise a sentence.</summary>
    public static string? WhyNot(RolloutOptions options, Disagreement shadow)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(shadow);
        var all = shadow.Frames + shadow.Failed;
        if (all >= LeastFrames && shadow.Failed > options.MaxFailures * all)
            return Sentence($"In the shadow it failed on {shadow.Failed} of {all} frames, {options.MaxFailures * 100:0.##} % are allowed (MaxFailures).");
        return shadow.Agreement < options.MinAgreement
            ? Sentence($"In the shadow both found {shadow.Both} objects, only the old one {shadow.OnlyFirst} and only the new one {shadow.OnlySecond}: {shadow.Agreement * 100:0} % in common, {options.MinAgreement * 100:0.##} % are asked for (MinAgreement).")
            : null;
    }

    private static string Sentence(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
