using System.Text;
using System.Text.Unicode;

namespace EdgeVision.Models;

/// <summary>A labels file: UTF-8, one label a line, the first is class 0. Blank lines at the end are fine.</summary>
internal static class ModelLabels
{
    public const int MaxLength = 200;

    public const int MaxBytes = 1 << 20;

    /// <param name="utf8">The file.</param>
    /// <param name="name">Of the file, for the errors.</param>
    /// <exception cref="ModelException">A line is no label, or there are none or too many.</exception>
    public static IReadOnlyList<string> Parse(ReadOnlySpan<byte> utf8, string name)
    {
        if (utf8.Length > MaxBytes) throw new ModelException($"{name} has {utf8.Length} bytes; a labels file has at most {MaxBytes}. Is it the right file?");
        if (utf8.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        if (!Utf8.IsValid(utf8)) throw new ModelException($"{name} is not UTF-8 text; expected one label a line. Save it as UTF-8.");
        var lines = Encoding.UTF8.GetString(utf8).TrimEnd().Split('\n', StringSplitOptions.TrimEntries);
        if (lines is [""]) throw new ModelException($"{name} is empty; expected one label a line.");
        if (lines.Length > ModelManifest.MaxLabels)
            throw new ModelException($"{name} has {lines.Length} labels; at most {ModelManifest.MaxLabels} are read. Is it the right file?");
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0) throw new ModelException($"{name} line {i + 1} is blank; expected the label of class {i}.");
            if (lines[i].Length > MaxLength) throw new ModelException($"{name} line {i + 1} has {lines[i].Length} characters; a label has at most {MaxLength}.");
            if (lines[i].Any(char.IsControl)) throw new ModelException($"{name} line {i + 1} holds a control character; expected the label of class {i}.");
        }

        return lines;
    }
}
