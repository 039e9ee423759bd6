using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.Capture.V4l2;

/// <summary>
/// Chooses among what a camera offers. Format and size are kept to where wished; a rate is met as nearly as the camera can. Where nothing is wished: raw
/// pictures of about 640×480 to 1280×720 when they come at 15 fps or more, which costs no decoding; else compressed ones, as most webcams are fast only so.
/// </summary>
internal static class V4l2Negotiation
{
    /// <summary>Below it a raw format is not taken unless wished for.</summary>
    private const double EnoughFps = 15;

    /// <summary>Where no rate is wished; more costs bandwidth and power for frames that detection drops.</summary>
    private const double UsualFps = 30;

    /// <summary>Detectors look at about 416 to 640 pixels of width: more is only detail for small objects.</summary>
    private const int UsualWidth = 1280, UsualHeight = 720, SmallArea = 640 * 480;

    /// <summary>29.97 passes for 30.</summary>
    private const double Tolerance = 0.99;

    /// <param name="offer">Of the driver.</param>
    /// <param name="wish">What must be kept to.</param>
    /// <param name="choice">What to ask for.</param>
    /// <param name="reason">Why nothing fits, a clause.</param>
    public static bool TryChoose(CameraOffer offer, V4l2Wish wish, out V4l2Choice choice, [NotNullWhen(false)] out string? reason)
    {
        choice = default;
        reason = null;
        Candidate? best = null;
        foreach (var format in offer.Formats)
        {
            if (format.Pixels is not { } pixels || (wish.Format is { } wished && wished != format.Code)) continue;
            foreach (var candidate in Candidates(format, pixels, wish))
            {
                if (best is null || candidate.Rank.CompareTo(best.Value.Rank) < 0) best = candidate;
            }
        }

        if (best is { } found)
        {
            choice = found.Choice;
            return true;
        }

        reason = wish.Format is null && wish.Width is null && wish.Height is null ? "it offers no format that can be read" : $"it does not offer {wish}";
        return false;
    }

    /// <summary>Of the rates a camera offers the slowest that is fast enough, else its fastest; null where it offers none.</summary>
    internal static FrameInterval? Nearest(IReadOnlyList<OfferedRate> rates, double fps)
    {
        FrameInterval? enough = null, fastest = null;
        foreach (var rate in rates)
        {
            var nearest = rate.MaxFps * Tolerance > fps && rate.MinFps < fps ? FrameInterval.OfFps(fps) : rate.MinFps >= fps ? rate.Longest : rate.Shortest;
            if (nearest.Fps >= fps * Tolerance && (enough is null || nearest.Fps < enough.Value.Fps)) enough = nearest;
            if (fastest is null || nearest.Fps > fastest.Value.Fps) fastest = nearest;
        }

        return enough ?? fastest;
    }

    private static IEnumerable<Candidate> Candidates(OfferedFormat format, PixelFormat pixels, V4l2Wish wish)
    {
        if (format.Sizes.Count == 0)
        {
            // The driver does not list sizes: it will say what it makes of the wish.
            yield return Candidate.Of(format, pixels, wish.Width ?? UsualWidth, wish.Height ?? UsualHeight, [], wish);
            yield break;
        }

        foreach (var size in format.Sizes)
        {
            if ((wish.Width is { } width && !size.Width.Contains(width)) || (wish.Height is { } height && !size.Height.Contains(height))) continue;
            yield return Candidate.Of(
                format, pixels, wish.Width ?? size.Width.Nearest(wish.Crop?.Width ?? UsualWidth), wish.Height ?? size.Height.Nearest(wish.Crop?.Height ?? UsualHeight), size.Rates, wish);
        }
    }

    /// <param name="Choice">What would be asked for.</param>
    /// <param name="Rank">Smaller is better, from the first part on.</param>
    private readonly record struct Candidate(V4l2Choice Choice, (int Slow, int Odd, double Slowness, int Compressed, double Distance, int Format) Rank)
    {
        public static Candidate Of(OfferedFormat format, PixelFormat pixels, int width, int height, IReadOnlyList<OfferedRate> rates, V4l2Wish wish)
        {
            var interval = Nearest(rates, wish.Fps ?? UsualFps) ?? (wish.Fps is { } fps ? FrameInterval.OfFps(fps) : null);
            var isSlow = rates.Count > 0 && interval!.Value.Fps < Tolerance * (wish.Fps ?? EnoughFps);
            var area = width * (double)height;
            // A crop is not to be scaled.
            var target = wish.Crop is { } crop ? crop.Width * (double)crop.Height : UsualWidth * (double)UsualHeight;
            var isOdd = wish.Width is null && wish.Height is null && wish.Crop is null && (area < SmallArea * 0.9 || area > target * 1.5);
            return new Candidate(new V4l2Choice(format.Code, width, height, interval), (
                isSlow ? 1 : 0,
                isOdd ? 1 : 0,
                isSlow ? -interval!.Value.Fps : 0,
                pixels is PixelFormat.Jpeg ? 1 : 0,
                Math.Abs(Math.Log(area / target)),
                V4l2Formats.Rank(format.Code)));
        }
    }
}
