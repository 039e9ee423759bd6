using System.Globalization;
using EdgeVision.Evaluation;

namespace EdgeVision.Imaging.Plots;

/// <summary>What a mistake is, in words.</summary>
/// <param name="Title">"missed: person".</param>
/// <param name="Detail">What is known about it.</param>
/// <param name="Slug">For file names: lower-case letters and '-'.</param>
internal sealed record MistakeWords(string Title, string Detail, string Slug)
{
    public static MistakeWords Of(Mistake mistake, AnnotatedSet set, IReadOnlyList<ScoredDetection> detections)
    {
        var truth = mistake.Truth is { } t ? set.Categories[set.Objects[t].Category].Name : "";
        var found = mistake.Detection is { } d ? $"{set.Categories[detections[d].Category].Name} {Percent(detections[d].Confidence)}" : "";
        return mistake.Kind switch
        {
            MistakeKind.Missed => new($"missed: {truth}", $"covers {Percent(mistake.Severity)} of the picture", "missed"),
            MistakeKind.FalseAlarm => new($"false alarm: {found}", "nothing of this kind is annotated there", "false-alarm"),
            MistakeKind.WrongClass => new($"wrong class: {found}", $"it is a {truth}, IoU {Figure(mistake.Iou)}", "wrong-class"),
            MistakeKind.BadlyPlaced => new($"badly placed: {found}", $"IoU {Figure(mistake.Iou)} where 0.50 is needed", "badly-placed"),
            _ => new($"found twice: {found}", $"IoU {Figure(mistake.Iou)} with an object that was found before", "found-twice"),
        };
    }

    private static string Percent(double share) => share is > 0 and < 0.01 ? "less than 1 %" : (share * 100).ToString("0 '%'", CultureInfo.InvariantCulture);

    private static string Figure(double figure) => figure.ToString("0.00", CultureInfo.InvariantCulture);
}
