using EdgeVision.Imaging;
using EdgeVision.Module.Remote;

namespace EdgeVision.IntegrationTests.Module.Remote;

public sealed class SnapshotFolderTests : IDisposable
{
    private static readonly DateTimeOffset Moment = new(2026, 11, 23, 6, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_newest_twenty_of_each_camera_are_kept_also_of_cameras_whose_names_begin_alike()
    {
        var folder = new SnapshotFolder(_folder.Path);
        string[] cameras = ["door", "door_2", "door_20261123T060000000Z", "..", "a:b.c"];
        var last = new Dictionary<string, List<string>>();
        for (var i = 0; i < 25; i++)
            foreach (var camera in cameras)
            {
                var reference = folder.Save(camera, Moment.AddSeconds(i), [1, 2, 3]);
                if (i >= 5) (last.TryGetValue(camera, out var kept) ? kept : last[camera] = []).Add(reference);
            }

        var files = Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_folder.Path, f)).Order(StringComparer.Ordinal);
        Assert.Equal(last.Values.SelectMany(k => k).Order(StringComparer.Ordinal), files);
        Assert.Matches("^snapshots/door_20261123T060024000Z_[0-9a-f]{32}\\.jpg$", last["door"][^1]);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.Path, last["door"][^1])));
    }

    [Fact]
    public void What_a_stop_left_half_written_goes_with_the_next_picture()
    {
        var folder = new SnapshotFolder(_folder.Path);
        folder.Save("door", Moment, [1]);
        var half = Path.Combine(_folder.Path, SnapshotFolder.Name, "door_x.jpg.tmp");
        File.WriteAllBytes(half, [1]);

        folder.Save("door", Moment, [1]);

        Assert.False(File.Exists(half));
    }

    [Fact]
    public async Task A_full_disk_keeps_no_half_of_a_picture()
    {
        await using var disk = await SmallDisk.MountAsync(_folder.Path, 2);
        var folder = new SnapshotFolder(_folder.Path);
        folder.Save("door", Moment, [1]);

        for (var i = 0; i < 3; i++) Assert.Throws<PictureException>(() => folder.Save("door", Moment, new byte[3 << 20]));

        Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, SnapshotFolder.Name)));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_a_sentence()
    {
        File.WriteAllText(_folder.PathOf(SnapshotFolder.Name), "in the way");

        var failure = Assert.Throws<PictureException>(() => new SnapshotFolder(_folder.Path).Save("door", Moment, [1]));

        Assert.StartsWith("The picture cannot be kept in 'snapshots' of the data folder", failure.Message, StringComparison.Ordinal);
    }
}
