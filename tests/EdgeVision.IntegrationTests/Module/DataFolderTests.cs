using EdgeVision.Module;

namespace EdgeVision.IntegrationTests.Module;

public sealed class DataFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-data-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_second_user_of_the_folder_is_refused_until_the_first_is_gone()
    {
        using (DataFolder.Open(_folder.FullName))
        {
            var refused = Assert.Throws<CommandException>(() => DataFolder.Open(_folder.FullName));
            Assert.Contains("Another edgevision may be using it", refused.Message, StringComparison.Ordinal);
        }

        DataFolder.Open(_folder.FullName).Dispose();
    }

    [Fact]
    public void Where_nothing_can_be_written_nobody_else_is_blamed()
    {
        // The kernel makes files there, nobody else does; as a read-only file system, for root too.
        var refused = Assert.Throws<CommandException>(() => DataFolder.Open("/proc/self")).Message;

        Assert.StartsWith("Cannot write to the data folder '/proc/self': ", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("Another edgevision", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_its_layout_and_a_newer_one_is_refused_with_who_wrote_it()
    {
        DataFolder.Open(_folder.FullName).Dispose();
        var note = Path.Combine(_folder.FullName, "version");
        Assert.StartsWith("1 EdgeVision ", File.ReadAllText(note), StringComparison.Ordinal);
        File.WriteAllText(note, "");
        DataFolder.Open(_folder.FullName).Dispose();
        File.WriteAllText(note, "7 EdgeVision 9.1.0\n");
        for (var i = 0; i < 2; i++)
        {
            var refused = Assert.Throws<CommandException>(() => DataFolder.Open(_folder.FullName)).Message;
            Assert.Contains("layout 7, written by EdgeVision 9.1.0", refused, StringComparison.Ordinal);
        }

        File.WriteAllText(note, "seven");
        Assert.Contains("does not begin with a number", Assert.Throws<CommandException>(() => DataFolder.Open(_folder.FullName)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_one_is_this_users_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Unix modes are tested.");
            return;
        }

        var path = Path.Combine(_folder.FullName, "data");
        DataFolder.Open(path).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_file_in_its_place_is_one_sentence()
    {
        var path = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(path, "");

        Assert.StartsWith($"Cannot create the data folder '{path}':", Assert.Throws<CommandException>(() => DataFolder.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_temporary_folder_is_new_for_this_user_alone_and_gone_after_disposal()
    {
        string path;
        using (var first = DataFolder.OpenTemporary())
        using (var second = DataFolder.OpenTemporary())
        {
            path = first.Path;
            Assert.NotEqual(first.Path, second.Path);
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }

        Assert.False(Directory.Exists(path));
    }
}
