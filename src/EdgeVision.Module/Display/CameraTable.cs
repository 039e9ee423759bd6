using System.Globalization;
using Spectre.Console;

namespace EdgeVision.Module.Display;

/// <summary>A row a camera, and as many columns as the terminal is wide for: the last ones of <see cref="Columns"/> go first.</summary>
internal sealed class CameraTable(Func<IReadOnlyList<string>> labels, TimeProvider time)
{
    /// <summary>Top, head, line below it, bottom.</summary>
    public const int FrameLines = 4;

    private const int MaxNameWidth = 24, LeastSeesWidth = 12, CellFrame = 3;

    private readonly Dictionary<string, RateMeter> _rates = [];

    /// <summary>From the most important on; shown by their place.</summary>
    private IReadOnlyList<Column> Columns =>
    [
        new(0, "camera", c => OneLine.Cut(c.Camera, MaxNameWidth), _ => "bold", IsLeft: true),
        new(1, "state", c => Conditions.Describe(c, time), Conditions.Colour, IsLeft: true),
        new(2, "fps", Rate, _ => "green"),
        new(12, "sees", c => Sightings.Describe(c, labels()), _ => "deepskyblue1", IsLeft: true),
        new(3, "frames", c => Count(c.Inferred), _ => "default"),
        new(9, "infer", c => Milliseconds.Show(c.Infer), _ => "default"),
        new(4, "dropped", c => Count(c.Dropped), c => c.Dropped > 0 ? "yellow" : "grey"),
        new(5, "still", c => Count(c.Still), _ => "grey"),
        new(11, "events", c => Count(c.Events), _ => "default"),
        new(6, "wait", c => Milliseconds.Show(c.Wait), _ => "grey"),
        new(7, "decode", c => Milliseconds.Show(c.Decode), _ => "grey"),
        new(8, "pre", c => Milliseconds.Show(c.Preprocess), _ => "grey"),
        new(10, "post", c => Milliseconds.Show(c.Postprocess), _ => "grey"),
    ];

    /// <param name="cameras">In the order of their rows.</param>
    /// <param name="width">Cells.</param>
    /// <param name="maxRows">Cameras beyond are not shown.</param>
    public Table Of(IReadOnlyList<CameraTelemetry> cameras, int width, int maxRows)
    {
        var shown = Fitting(cameras, width);
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var (column, _) in shown)
        {
            var head = new TableColumn(new Markup($"[grey]{column.Name}[/]")).NoWrap();
            table.AddColumn(column.IsLeft ? head.LeftAligned() : head.RightAligned());
        }

        for (var row = 0; row < cameras.Count && row < maxRows; row++)
            table.AddRow([.. shown.Select(s => new Text(s.Cells[row], Style.Parse(s.Column.Style(cameras[row]))))]);
        return table;
    }

    private List<(Column Column, string[] Cells)> Fitting(IReadOnlyList<CameraTelemetry> cameras, int width)
    {
        var left = width - 1;
        var shown = new List<(Column Column, string[] Cells)>();
        foreach (var column in Columns)
        {
            // Only of cameras with a motion gate, which is off by default.
            if (column.Name == "still" && cameras.All(static c => c.Still == 0)) continue;
            // Every cell is made, shown or not: a rate is measured from look to look.
            var cells = cameras.Select(column.Text).ToArray();
            var widest = cells.Append(column.Name).Max(t => t.GetCellWidth());
            if (column.Name == "sees") widest = Math.Min(widest, LeastSeesWidth);
            left -= widest + CellFrame;
            if (left >= 0 || shown.Count == 0) shown.Add((column, cells));
            else break;
        }

        // What is left over goes to what the camera sees.
        var used = shown.Where(s => s.Column.Name != "sees").Sum(s => s.Cells.Append(s.Column.Name).Max(t => t.GetCellWidth()) + CellFrame);
        var room = Math.Max(LeastSeesWidth, width - 1 - used - CellFrame);
        return [.. shown.Select(s => s.Column.Name == "sees" ? (s.Column, [.. s.Cells.Select(t => OneLine.Cut(t, room))]) : s).OrderBy(s => s.Column.Place)];
    }

    private string Rate(CameraTelemetry camera)
    {
        if (!_rates.TryGetValue(camera.Camera, out var rate)) _rates[camera.Camera] = rate = new RateMeter(time);
        return rate.Look(camera.Inferred)?.ToString("0.0", CultureInfo.InvariantCulture) ?? "–";
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private sealed record Column(int Place, string Name, Func<CameraTelemetry, string> Text, Func<CameraTelemetry, string> Style, bool IsLeft = false);
}
