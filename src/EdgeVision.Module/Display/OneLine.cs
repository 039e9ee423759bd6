using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeVision.Module.Display;

/// <summary>One line of a terminal: what does not fit ends in an ellipsis and does not go on below.</summary>
/// <param name="width">Cells.</param>
internal sealed class OneLine(int width)
{
    private readonly Paragraph _line = new();
    private int _left = width;

    public IRenderable Line => _line;

    public OneLine Add(string text, string style = "default")
    {
        if (_left <= 0) return this;
        var cut = Cut(text, _left);
        _left = ReferenceEquals(cut, text) ? _left - text.GetCellWidth() : 0;
        _line.Append(cut, Style.Parse(style));
        return this;
    }

    /// <summary>The same text when it fits, otherwise its beginning and an ellipsis.</summary>
    public static string Cut(string text, int width)
    {
        if (text.GetCellWidth() <= width) return text;
        var length = Math.Min(text.Length, Math.Max(0, width - 1));
        while (length > 0 && (text[..length].GetCellWidth() > width - 1 || char.IsHighSurrogate(text[length - 1]))) length--;
        return text[..length] + "…";
    }
}
