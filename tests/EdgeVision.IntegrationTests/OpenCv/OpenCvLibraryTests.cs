using System.Runtime.InteropServices;
using EdgeVision.OpenCv;

namespace EdgeVision.IntegrationTests.OpenCv;

public sealed class OpenCvLibraryTests
{
    /// <summary>As .NET 10 words it.</summary>
    private const string Tried = "Unable to load shared library 'OpenCvSharpExtern' or one of its dependencies. In order to help diagnose loading problems, consider using a tool like strace.\n" +
        "/app/OpenCvSharpExtern.so: cannot open shared object file: No such file or directory\n";

    private static readonly DllNotFoundException NoGtk = new(Tried + "libgtk-3.so.0: cannot open shared object file: No such file or directory\n");

    public static TheoryData<string, Exception, bool> Failures => new()
    {
        // row, what was thrown, whether it means that the library is absent
        { "no library", new DllNotFoundException("x"), true },
        { "in a static constructor", new TypeInitializationException("OpenCvSharp.Internal.NativeMethods", NoGtk), true },
        { "wrapped by the binding", new OpenCvSharp.OpenCvSharpException("x", NoGtk), true },
        { "another machine's", new BadImageFormatException("x"), true },
        { "an older one", new EntryPointNotFoundException("x"), true },
        { "a failure of the binding's own", new OpenCvSharp.OpenCvSharpException("x"), false },
        { "anything else", new InvalidOperationException("x"), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Absence_is_told_from_failure(string row, Exception thrown, bool absent) => Assert.True(absent == OpenCvLibrary.IsAbsent(thrown), row);

    [Fact]
    public void On_x64_the_switch_and_the_package_are_named()
    {
        var text = OpenCvLibrary.Absent(new TypeInitializationException("x", NoGtk), Architecture.X64);

        Assert.Equal("OpenCV's library libOpenCvSharpExtern.so does not load: it wants libgtk-3.so.0, which is not installed; build with -p:OpenCv=true, which brings it, and install what it wants: apt-get install libgtk-3-0.", text);
        Assert.Contains("does not load: it is not beside the program;", OpenCvLibrary.Absent(new DllNotFoundException(Tried), Architecture.X64), StringComparison.Ordinal);
    }

    [Fact]
    public void On_arm64_it_says_that_there_is_none()
    {
        var text = OpenCvLibrary.Absent(NoGtk, Architecture.Arm64);

        Assert.Contains("there is none to install for arm64", text, StringComparison.Ordinal);
        Assert.DoesNotContain("libgtk-3-0", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("  Video I/O:\n    GStreamer:                   YES (1.22.0)\n", true)]
    [InlineData("  Video I/O:\n    GStreamer:                   NO\n", false)]
    [InlineData("  Video I/O:\n    FFMPEG:                      YES\n", false)]
    [InlineData("", false)]
    public void What_the_library_says_of_GStreamer_is_read(string information, bool has) => Assert.Equal(has, OpenCvLibrary.HasGStreamer(information));
}
