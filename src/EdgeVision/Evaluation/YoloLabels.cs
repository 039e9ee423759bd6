using System.Globalization;
using System.Text;
using System.Text.Unicode;
using EdgeVision.Models;

namespace EdgeVision.Evaluation;

/// <summary>
/// Reads the text labels of one picture as YOLO tools write them: a line an object, <c>class cx cy width height</c>, the class a number from
/// 0, the rest shares of the picture.
/// </summary>
public static class YoloLabels
{
    /// <summary>100,000 objects of 80 characters.</summary>
    public const int MaxBytes = 8 << 20;

    /// <summary>Class ids beyond are refused.</summary>
    public const int MaxClasses = 10_000;

    /// <param name="utf8">The file; an empty one says that nothing is in the picture.</param>
    /// <param name="name">Of the file, for the errors.</param>
    /// <param name="image">Index of the picture in its set.</param>
    /// <param name="width">Of the picture, source pixels.</param>
    /// <param name="height">Of the picture, source pixels.</param>
    /// <returns>Objects whose category is the class id.</returns>
    /// <exception cref="EvaluationException">It cannot be used; says where and why.</exception>
    public static IReadOnlyList<GroundTruth> Parse(ReadOnlySpan<byte> utf8, string name, int image, int width, int height)
    {
        if (utf8.Length > MaxBytes) throw new EvaluationException($"'{name}' has {utf8.Length >> 20} MB where at most {MaxBytes >> 20} MB are read; is it the right file?");
        if (utf8.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        if (!Utf8.IsValid(utf8)) throw new EvaluationException($"'{name}' is not text where YOLO labels were expected; is it the right file?");
        var objects = new List<GroundTruth>();
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(utf8).AsSpan().EnumerateLines())
        {
            number++;
            if (line.IsWhiteSpace()) continue;
            if (!TryRead(line, out var classId, out var box)) throw Refuse(name, number, line);
            objects.Add(new GroundTruth(
                image, classId, new CocoBox((box.X - (box.Width / 2)) * width, (box.Y - (box.Height / 2)) * height, box.Width * width, box.Height * height), Crowd: false));
        }

        return objects;
    }

    /// <summary>Names of the classes, one a line, the first is class 0.</summary>
    /// <exception cref="EvaluationException">A line is no name.</exception>
    public static IReadOnlyList<string> ParseNames(ReadOnlySpan<byte> utf8, string name)
    {
        try
        {
            var names = ModelLabels.Parse(utf8, $"'{name}'");
            return names.Distinct(StringComparer.Ordinal).Count() == names.Count
                ? names
                : throw new EvaluationException($"'{name}' names a class twice where each needs its own name; rename one.");
        }
        catch (ModelException e)
        {
            throw new EvaluationException(e.Message, e);
        }
    }

    private static bool TryRead(ReadOnlySpan<char> line, out int classId, out CocoBox box)
    {
        (classId, box) = (0, default);
        Span<double> sides = stackalloc double[4];
        var at = 0;
        foreach (var range in line.SplitAny(" \t"))
        {
            var word = line[range].Trim();
            if (word.Length == 0) continue;
            if (at > 4) return false;
            if (at == 0)
            {
                if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out classId) || classId >= MaxClasses) return false;
            }
            else if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out sides[at - 1]) || sides[at - 1] is not (>= 0 and <= 1))
            {
                return false;
            }

            at++;
        }

        box = new CocoBox(sides[0], sides[1], sides[2], sides[3]);
        return at == 5;
    }

    private static EvaluationException Refuse(string name, int number, ReadOnlySpan<char> line)
    {
        var quoted = new StringBuilder().Append(line.Length > 60 ? line[..60] : line);
        for (var i = 0; i < quoted.Length; i++)
        {
            if (char.IsControl(quoted[i])) quoted[i] = ' ';
        }

        return new EvaluationException(
            $"'{name}' line {number} is '{quoted}' where 'class cx cy width height' was expected, the class below {MaxClasses} and the rest from 0 to 1; mend that line, or convert polygons to boxes.");
    }
}
