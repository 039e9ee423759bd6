using EdgeVision.Geometry;

namespace EdgeVision.Frames;

/// <summary>Which stored pixels are masked. Made once a kind of frame, then thrown away.</summary>
internal sealed class PrivacyMaskMap
{
    /// <summary>Smaller blocks would be read as pixels.</summary>
    private const int LeastBlock = 4;

    private readonly PrivacyMaskKind _kind;
    private readonly int _width;
    private readonly int _height;

    public PrivacyMaskMap(in PrivacyMaskKind kind, IReadOnlyList<PrivacyMaskOptions> areas)
    {
        (_kind, _width, _height) = (kind, kind.Format.Width, kind.Format.Height);
        Black = new bool[_width * _height];
        foreach (var area in areas)
        {
            if (area.Mode is PrivacyMaskMode.Black) Touch(area.Area, Black);
            else AddBlocks(area);
        }
    }

    /// <summary>Row by row.</summary>
    public bool[] Black { get; }

    /// <summary>Beginning at even pixels, so that no two share chroma.</summary>
    public List<PixelRegion> Blocks { get; } = [];

    /// <summary>What of <see cref="Black"/> lies in blocks and has to be blacked out once more, after their means are known.</summary>
    public bool[] BlackInBlocks()
    {
        var both = new bool[Black.Length];
        foreach (var block in Blocks)
        {
            for (var y = block.Top; y < block.Top + block.Height; y++)
            {
                var row = (y * _width) + block.Left;
                Black.AsSpan(row, block.Width).CopyTo(both.AsSpan(row));
            }
        }

        return both;
    }

    private void Touch(Polygon area, bool[] map)
    {
        var (kind, (across, down)) = (_kind, _kind.Orientation.Upright(_width, _height));
        var stored = area.Map(corner => kind.Orientation.ToStored(new Point(corner.X * across, corner.Y * down), kind.Format.Width, kind.Format.Height));
        // libjpeg rounds sides up, so that its pixels are up to 7/8 of one away from where their share of the side says; and a scaled pixel knows of its neighbours.
        var margin = _kind.IsReduced ? 1 : 0;
        var runs = new List<(int Start, int End)>();
        for (var row = 0; row < _height; row++)
        {
            runs.Clear();
            stored.Touch(row, _width, runs);
            foreach (var (start, end) in runs)
            {
                var (left, right) = (Math.Max(0, start - margin), Math.Min(_width, end + margin));
                for (var y = Math.Max(0, row - margin); y <= Math.Min(_height - 1, row + margin); y++) map.AsSpan((y * _width) + left, right - left).Fill(true);
            }
        }
    }

    /// <summary>Every block of the picture that the area touches, as a whole: the mean of a part of it could be told from the pixels beside.</summary>
    private void AddBlocks(PrivacyMaskOptions area)
    {
        var touched = new bool[Black.Length];
        Touch(area.Area, touched);
        var side = Math.Max(LeastBlock, area.BlockShare * Math.Max(_width, _height));
        var (columns, rows) = (Math.Max(1, (int)(_width / side)), Math.Max(1, (int)(_height / side)));
        for (var row = 0; row < rows; row++)
        {
            var (top, bottom) = (Edge(row, rows, _height), Edge(row + 1, rows, _height));
            for (var column = 0; column < columns; column++)
            {
                var (left, right) = (Edge(column, columns, _width), Edge(column + 1, columns, _width));
                var block = new PixelRegion(left, top, right - left, bottom - top);
                if (AnyIn(block, touched)) Blocks.Add(block);
            }
        }

        static int Edge(int index, int count, int length) => index == count ? length : (int)((long)index * length / count) & ~1;
    }

    private bool AnyIn(in PixelRegion block, bool[] map)
    {
        for (var y = block.Top; y < block.Top + block.Height; y++)
        {
            if (map.AsSpan((y * _width) + block.Left, block.Width).Contains(true)) return true;
        }

        return false;
    }
}
